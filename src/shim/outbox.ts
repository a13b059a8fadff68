/**
 * Between the wire and the telemetry: copies of what passed, packed into blocks, that wait until
 * the wire is quiet. A copy is all that the traffic pays. When more than `maxBehind` bytes wait,
 * what comes then is counted instead of kept.
 */
import type { Calm } from './calm.js';
import type { ControlMessage } from './control.js';
import {
  type Draft,
  type RecordKind,
  readRecords,
  recordKinds,
  type ShimRecord,
  sizeOfDraft,
  writeRecord,
} from './records.js';
import { Tidy } from './tidy.js';

const blockBytes = 64 << 10;
const maxBehind = 6 << 20;
/** From here on the work no longer waits for a quiet wire. */
const pressingBytes = 2 << 20;
const none = Buffer.alloc(0);

export interface RecordReader {
  read(record: ShimRecord): void;
}

interface Block {
  readonly bytes: Buffer;
  readonly view: DataView;
  used: number;
}

export class Outbox {
  private blocks: Block[] = [];
  private spare: Block | null = null;
  private waitingBytes = 0;
  private lost = 0;
  private reader: RecordReader | null = null;
  private pumping: Promise<void> | null = null;
  private clockOffset = performance.timeOrigin;
  private readonly tidy: Tidy;

  constructor(private readonly calm: Calm) {
    this.tidy = new Tidy((forMs) => calm.isQuiet(forMs));
  }

  /** Milliseconds since the epoch with fractions; calling it means that traffic is passing. */
  now(): number {
    const now = performance.now();
    this.calm.traffic(now);
    return this.clockOffset + now;
  }

  append(draft: Draft): void {
    const size = sizeOfDraft(draft);
    if (this.waitingBytes + size > maxBehind) {
      this.lost += size;
      return;
    }
    if (this.lost > 0) {
      const number = this.lost;
      this.lost = 0;
      const gap = { kind: recordKinds.lost, conversation: 0, time: draft.time, number };
      const empty = { ...gap, bytes: none, start: 0, end: 0, contexts: null };
      this.write(empty, sizeOfDraft(empty));
    }
    this.write(draft, size);
  }

  /** A record of a whole buffer, without contexts. */
  copy(kind: RecordKind, conversation: number, time: number, bytes: Buffer, number = 0): void {
    const { length: end } = bytes;
    this.append({ kind, conversation, time, number, bytes, start: 0, end, contexts: null });
  }

  control(conversation: number, message: ControlMessage): void {
    this.copy(recordKinds.control, conversation, this.now(), Buffer.from(JSON.stringify(message)));
  }

  /** From now on what waits is read, oldest first. */
  attach(reader: RecordReader): void {
    this.reader = reader;
    this.pump();
  }

  /** Resolves when everything was read. */
  async drained(): Promise<void> {
    this.pump();
    await this.pumping;
  }

  private write(draft: Draft, size: number): void {
    let block = this.blocks.at(-1);
    if (!block || block.used + size > block.bytes.length) {
      block = this.newBlock(size);
      this.blocks.push(block);
    }
    block.used = writeRecord(block.bytes, block.view, block.used, draft);
    this.waitingBytes += size;
    if (this.waitingBytes > pressingBytes) this.calm.press(true);
    this.pump();
  }

  private newBlock(size: number): Block {
    const { spare } = this;
    if (spare && size <= blockBytes) {
      this.spare = null;
      spare.used = 0;
      return spare;
    }
    const bytes = Buffer.allocUnsafeSlow(Math.max(blockBytes, size));
    return { bytes, view: new DataView(bytes.buffer), used: 0 };
  }

  private pump(): void {
    if (!this.reader || this.pumping || this.blocks.length === 0) return;
    this.pumping = this.readAll(this.reader).finally(() => {
      this.pumping = null;
      this.calm.rest();
      this.settleClock();
      this.tidy.later();
      this.pump();
    });
  }

  private async readAll(reader: RecordReader): Promise<void> {
    await this.calm.turn();
    let since = performance.now();
    for (let block = this.blocks.shift(); block; block = this.blocks.shift()) {
      // It may still be written to while it is the last one; from here on it is not.
      for (const record of readRecords(block.bytes.subarray(0, block.used))) {
        reader.read(record);
        if (!this.calm.isOver(since)) continue;
        await this.calm.turn();
        since = performance.now();
      }
      this.waitingBytes -= block.used;
      if (this.waitingBytes < pressingBytes / 2) this.calm.press(false);
      if (block.bytes.length === blockBytes) this.spare = block;
    }
  }

  /** The monotonic clock stands still while a machine sleeps. */
  private settleClock(): void {
    const drift = Date.now() - (this.clockOffset + performance.now());
    if (Math.abs(drift) > 20) this.clockOffset += drift;
  }
}
