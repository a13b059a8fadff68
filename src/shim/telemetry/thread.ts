/** The telemetry thread: reads the copies, follows the conversations, delivers what they tell. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromTelemetry, TelemetrySetup, ToTelemetry } from '../control.js';
import { readRecords } from '../records.js';
import { Delivery } from './delivery.js';
import { isSliceOver, rest, yieldToTraffic } from './pace.js';
import { Reader } from './reader.js';

export function runTelemetry(): void {
  const port = parentPort;
  if (!port) return;
  const setup = workerData as TelemetrySetup;
  yieldToTraffic();
  const progress = new BigInt64Array(setup.progress);
  const delivery = new Delivery(setup.options, setup.target, process.cwd());
  const reader = new Reader(setup.options, delivery, process.cwd());
  const blocks: Buffer[] = [];
  let reading: Promise<void> | null = null;
  let hurried = false;

  async function readAll(): Promise<void> {
    for (let block = blocks.shift(); block; block = blocks.shift()) {
      let since = performance.now();
      for (const record of readRecords(block)) {
        try {
          reader.read(record);
        } catch {
          // One message that cannot be followed must not end the telemetry of all others.
          delivery.countUnreadable();
        }
        if (hurried || !isSliceOver(since)) continue;
        await rest();
        since = performance.now();
      }
      Atomics.add(progress, 0, BigInt(block.length));
    }
    reading = null;
  }

  async function finish(withinMs: number): Promise<void> {
    hurried = true;
    await reading;
    reader.end();
    await delivery.finish(withinMs);
    port?.postMessage({ type: 'finished' } satisfies FromTelemetry);
  }

  port.on('message', (message: ToTelemetry) => {
    if (message.type === 'finish') void finish(message.withinMs);
    else {
      blocks.push(Buffer.from(message.bytes, 0, message.length));
      reading ??= readAll();
    }
  });
}
