/** Cuts a stream of bytes into lines, with a bound on what it keeps of each. */

export interface Line {
  /** Without the line feed; a carriage return before it stays. */
  readonly bytes: Uint8Array;
  /** Size on the wire, without the line feed; more than `bytes` holds when it was too long. */
  readonly length: number;
  /**
   * For a line that was too long: the last bytes of it, so that members behind a huge value can
   * still be read. Empty otherwise.
   */
  readonly tail: Uint8Array;
  /** False for the rest at the end of the stream. */
  readonly terminated: boolean;
}

const empty = new Uint8Array(0);
const lineFeed = 0x0a;

/**
 * A line up to `maxBytes` is given whole; of a longer one the first `maxBytes` and the last
 * `tailBytes`. What is given may share memory with the chunk that is being fed; what is held for
 * later does not.
 */
export class LineSplitter {
  private head: Uint8Array[] = [];
  private headBytes = 0;
  private tail: Uint8Array = empty;
  private length = 0;
  private skipping = false;

  constructor(
    private readonly onLine: (line: Line) => void,
    private readonly maxBytes = 1 << 20,
    private readonly tailBytes = 16 << 10,
  ) {}

  feed(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      const at = chunk.indexOf(lineFeed, from);
      const to = at < 0 ? chunk.length : at;
      // A view of bytes that end here; a copy of what waits for its end.
      if (!this.skipping)
        this.keep(at < 0 ? new Uint8Array(chunk.subarray(from, to)) : chunk.subarray(from, to));
      if (at < 0) return;
      if (this.skipping) this.skipping = false;
      else this.finish(true);
      from = at + 1;
    }
  }

  /** Bytes were lost here: what is held is dropped, and so is everything up to the next line. */
  gap(): void {
    this.reset();
    this.skipping = true;
  }

  /** Bytes in the middle of the present line passed without being kept. */
  elide(count: number): void {
    if (this.skipping) return;
    this.headBytes = Math.max(this.headBytes, this.maxBytes);
    this.length += count;
  }

  end(): void {
    if (this.length > 0) this.finish(false);
  }

  private keep(part: Uint8Array): void {
    this.length += part.length;
    const room = this.maxBytes - this.headBytes;
    const kept = room >= part.length ? part : part.subarray(0, Math.max(0, room));
    if (kept.length > 0) {
      this.head.push(kept);
      this.headBytes += kept.length;
    }
    if (kept.length === part.length) return;
    const rest = part.subarray(kept.length);
    this.tail =
      rest.length >= this.tailBytes
        ? rest.slice(rest.length - this.tailBytes)
        : joined([this.tail, rest]).slice(-this.tailBytes);
  }

  private finish(terminated: boolean): void {
    const head = this.head.length === 1 ? (this.head[0] ?? empty) : joined(this.head);
    const line: Line = { bytes: head, length: this.length, tail: this.tail, terminated };
    this.reset();
    this.onLine(line);
  }

  private reset(): void {
    this.head = [];
    this.headBytes = 0;
    this.tail = empty;
    this.length = 0;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
