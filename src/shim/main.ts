/** `dist/shim.js`: forwards. Its telemetry has a thread and a file of its own, `dist/telemetry.js`. */
import { join } from 'node:path';
import { run } from './run.js';

void run({ directory: __dirname, telemetry: join(__dirname, 'telemetry.js') });
