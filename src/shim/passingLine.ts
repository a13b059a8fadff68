/** The first and the last bytes of a line that is forwarded as it comes. */
import { keptTailBytes, maxKeptBytes } from './limits.js';
import type { Outbox } from './outbox.js';
import { recordKinds } from './records.js';

export class PassingLine {
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  private tail: Buffer[] = [];
  private tailBytes = 0;
  private length = 0;

  /** `time` is when its first bytes came. */
  constructor(private readonly time: number) {}

  add(part: Buffer): void {
    this.length += part.length;
    const room = Math.min(part.length, maxKeptBytes - this.headBytes);
    if (room > 0) {
      this.head.push(Buffer.from(part.subarray(0, room)));
      this.headBytes += room;
    }
    if (room === part.length) return;
    // Copied, since what it came from is read into again.
    const rest = Buffer.from(part.subarray(Math.max(room, part.length - keptTailBytes)));
    this.tail.push(rest);
    this.tailBytes += rest.length;
    while (this.tailBytes - (this.tail[0]?.length ?? 0) >= keptTailBytes) {
      this.tailBytes -= this.tail.shift()?.length ?? 0;
    }
  }

  /** Its last bytes, which may be among the first where it is short. */
  get end(): Buffer {
    return Buffer.concat(this.tail.length > 0 ? this.tail : this.head).subarray(-keptTailBytes);
  }

  copyTo(outbox: Outbox, conversation = 0): void {
    const { clientLine, clientTail } = recordKinds;
    outbox.copy(clientLine, conversation, this.time, Buffer.concat(this.head), this.length);
    if (this.length <= this.headBytes) return;
    outbox.copy(clientTail, conversation, this.time, this.end);
  }
}
