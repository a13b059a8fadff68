import { GrowingBytes } from './growingBytes.js';

const lineFeed = 0x0a;
const start = '{"resource';

/**
 * Takes the telemetry out of a page that `writePage` wrote: there each piece is one line of JSON,
 * and no line of markup, style or script starts as such a line does.
 */
export class PageReader {
  private readonly line = new GrowingBytes();
  /** Null until enough of the line is here to know. */
  private isData: boolean | null = null;

  constructor(private readonly lines: { push(chunk: Uint8Array): void; end(): void }) {}

  push(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      const found = chunk.indexOf(lineFeed, from);
      const to = found === -1 ? chunk.length : found + 1;
      this.part(chunk, from, to);
      if (found !== -1) {
        this.isData = null;
        this.line.reset();
      }
      from = to;
    }
  }

  end(): void {
    this.lines.end();
  }

  private part(chunk: Uint8Array, from: number, to: number): void {
    if (this.isData === true) this.lines.push(chunk.subarray(from, to));
    if (this.isData !== null) return;
    this.line.add(chunk, from, to);
    if (this.line.length < start.length) return;
    this.isData = this.line.asText().startsWith(start);
    if (this.isData) this.lines.push(this.line.asBytes().slice());
    this.line.reset();
  }
}
