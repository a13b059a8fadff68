/** `dist/shim.js`: forwards in this thread, telemetry in another one of the same file. */
import { enableCompileCache } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  // In code, since the environment variable would reach the server too.
  enableCompileCache?.();
  void import('./run.js').then(({ run }) => run(__filename));
} else {
  void import('./telemetry/thread.js').then(({ runTelemetry }) => runTelemetry());
}
