/** `dist/shim.js` */
import { enableCompileCache } from 'node:module';
import { run } from './run.js';
import { stayYoungSmall } from './tidy.js';

// In code, since the environment variable would reach the server too.
enableCompileCache?.();
stayYoungSmall();
void run(__filename);
