/** The telemetry thread: reads the copies, follows the conversations, delivers what they tell. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromTelemetry, TelemetrySetup, ToTelemetry } from '../control.js';
import { readRecords } from '../records.js';
import { Delivery } from './delivery.js';
import { Reader } from './reader.js';

export function runTelemetry(): void {
  const port = parentPort;
  if (!port) return;
  const setup = workerData as TelemetrySetup;
  yieldToTraffic();
  const progress = new BigInt64Array(setup.progress);
  const delivery = new Delivery(setup.options, setup.target, process.cwd());
  const reader = new Reader(setup.options, delivery, process.cwd());
  port.on('message', (message: ToTelemetry) => {
    if (message.type === 'block') {
      const block = Buffer.from(message.bytes, 0, message.length);
      try {
        for (const record of readRecords(block)) reader.read(record);
      } finally {
        Atomics.add(progress, 0, BigInt(message.length));
      }
      return;
    }
    void delivery.finish(message.withinMs).finally(() => {
      port.postMessage({ type: 'finished' } satisfies FromTelemetry);
    });
  });
}

/**
 * On Linux a priority belongs to a thread, so that this one gives way whenever the forwarding
 * thread, the client or the server wants the core. Elsewhere it would slow the whole process.
 */
function yieldToTraffic(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, 19);
  } catch {
    // Not allowed here; the thread works all the same.
  }
}
