// The same pipe with a second thread that does nothing: what a runtime takes for keeping any work
// out of the way of the bytes.
import { Worker } from 'node:worker_threads';
import './barePipe.mjs';

const idle = `require('node:worker_threads').parentPort.on('message', () => {});`;
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 3 };
new Worker(idle, { eval: true, resourceLimits }).unref();
