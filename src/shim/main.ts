/** `dist/shim.js`: forwards in this thread, telemetry in another one of the same file. */
import { enableCompileCache } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { stayYoungSmall } from './tidy.js';

if (isMainThread) {
  // In code, since the environment variable would reach the server too.
  enableCompileCache?.();
  stayYoungSmall();
  void import('./run.js').then(({ run }) => run(__filename));
} else {
  void import('./telemetry/thread.js').then(({ runTelemetry }) => runTelemetry());
}
