/** `dist/telemetry.js`, the telemetry thread: reads the copies, follows the conversations, delivers what they tell. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  type FromTelemetry,
  runningSlot,
  type TelemetrySetup,
  type ToTelemetry,
} from '../control.js';
import { readRecords } from '../records.js';
import { stayYoungSmall, Tidy } from '../tidy.js';
import { Delivery } from './delivery.js';
import { Pace, yieldToTraffic } from './pace.js';
import { Reader } from './reader.js';

/** So much waiting is read whatever passes; the forwarding thread keeps twice as much. */
const pressingBytes = 8 << 20;

function runTelemetry(): void {
  const port = parentPort;
  if (!port) return;
  const setup = workerData as TelemetrySetup;
  yieldToTraffic();
  stayYoungSmall();
  const shared = new BigInt64Array(setup.progress);
  const lastTraffic = new Float64Array(setup.progress);
  const running = new Int32Array(setup.progress);
  const delivery = new Delivery(setup.options, setup.target, process.cwd());
  const reader = new Reader(setup.options, delivery, process.cwd(), () =>
    delivery.countUnreadable(),
  );
  const blocks: { bytes: Buffer; came: number }[] = [];
  let waiting = 0;
  const pace = new Pace(
    () => lastTraffic[1] ?? 0,
    () => waiting > pressingBytes,
  );
  const tidy = new Tidy((forMs) => waiting === 0 && Date.now() - (lastTraffic[1] ?? 0) > forMs);
  let reading: Promise<void> | null = null;
  let readUntil = Number.POSITIVE_INFINITY;
  /** Bytes that there was no time for at the end. */
  let unread = 0;

  async function readAll(): Promise<void> {
    for (let block = blocks[0]; block; block = blocks[0]) {
      await pace.putOff(block.came);
      blocks.shift();
      if (performance.now() > readUntil) {
        unread += block.bytes.length;
        continue;
      }
      let since = performance.now();
      for (const record of readRecords(block.bytes)) {
        try {
          reader.read(record);
        } catch {
          // One message that cannot be followed must not end the telemetry of all others.
          delivery.countUnreadable();
        }
        if (!pace.isOver(since)) continue;
        await pace.rest();
        since = performance.now();
      }
      waiting -= block.bytes.length;
      Atomics.store(running, runningSlot, reader.isWaitedFor ? 1 : 0);
      Atomics.add(shared, 0, BigInt(block.bytes.length));
    }
    reading = null;
    tidy.later();
  }

  async function finish(withinMs: number): Promise<void> {
    pace.hurry();
    readUntil = performance.now() + withinMs / 2;
    await reading;
    if (unread > 0) reader.skip(unread, Date.now());
    await reader.end();
    await delivery.finish(withinMs);
    port?.postMessage({ type: 'finished' } satisfies FromTelemetry);
  }

  port.on('message', (message: ToTelemetry) => {
    if (message.type === 'finish') void finish(message.withinMs);
    else {
      blocks.push({ bytes: Buffer.from(message.bytes, 0, message.length), came: Date.now() });
      waiting += message.length;
      reading ??= readAll();
    }
  });
}

runTelemetry();
