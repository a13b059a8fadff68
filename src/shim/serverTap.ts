/**
 * Copies what the server said to the outbox, after it was forwarded. Of a message that is too
 * long only the first and the last bytes are copied.
 */
import { keptTailBytes, maxKeptBytes } from './limits.js';
import type { Outbox } from './outbox.js';
import { recordKinds } from './records.js';

const lineFeed = 0x0a;
const none = Buffer.alloc(0);

export class ServerTap {
  /** Bytes of the present line that were copied. */
  private copied = 0;
  /** What passed since then, of a line that is too long. */
  private elided = 0;
  private tail: Buffer[] = [];
  private tailBytes = 0;

  constructor(private readonly outbox: Outbox) {}

  receive(chunk: Buffer): void {
    const time = this.outbox.now();
    const { serverBytes } = recordKinds;
    // The common case: nothing long is under way and cannot be after this chunk.
    if (this.copied + chunk.length <= maxKeptBytes) {
      this.outbox.copy(serverBytes, 0, time, chunk);
      const last = chunk.lastIndexOf(lineFeed);
      this.copied = last < 0 ? this.copied + chunk.length : chunk.length - last - 1;
      return;
    }
    let from = 0;
    while (from < chunk.length) {
      const at = chunk.indexOf(lineFeed, from);
      const end = at < 0 ? chunk.length : at;
      const room = Math.min(end - from, maxKeptBytes - this.copied);
      if (room > 0) {
        this.outbox.copy(serverBytes, 0, time, chunk.subarray(from, from + room));
        this.copied += room;
      }
      if (from + room < end) this.elide(chunk.subarray(from + room, end));
      if (at >= 0) this.endLine(time, chunk.subarray(at, at + 1));
      from = end + 1;
    }
  }

  end(): void {
    if (this.elided > 0) this.endLine(this.outbox.now(), none);
  }

  private elide(part: Buffer): void {
    this.elided += part.length;
    // Copied, so that the large chunk it came from can go.
    const rest = Buffer.from(part.subarray(-keptTailBytes));
    this.tail.push(rest);
    this.tailBytes += rest.length;
    while (this.tailBytes - (this.tail[0]?.length ?? 0) >= keptTailBytes) {
      this.tailBytes -= this.tail.shift()?.length ?? 0;
    }
  }

  private endLine(time: number, feed: Buffer): void {
    const { serverBytes, serverElided } = recordKinds;
    if (this.elided > 0) {
      const tail = Buffer.concat(this.tail).subarray(-keptTailBytes);
      if (this.elided > tail.length) {
        this.outbox.copy(serverElided, 0, time, none, this.elided - tail.length);
      }
      this.outbox.copy(serverBytes, 0, time, tail);
    }
    this.outbox.copy(serverBytes, 0, time, feed);
    this.copied = 0;
    this.elided = 0;
    this.tail = [];
    this.tailBytes = 0;
  }
}
