/** `dist/shim.js` */
import { enableCompileCache } from 'node:module';
import { run } from './run.js';

// In code, since the environment variable would reach the server too.
enableCompileCache?.();
void run(__filename);
