/** A line on a terminal's stderr that says how far long work is; nothing where there is none. */
export class ProgressLine {
  private shown = -1;

  constructor(private readonly what: string) {}

  /** `part` of 1. */
  readonly update = (part: number): void => {
    const percent = Math.floor(part * 100);
    if (!process.stderr.isTTY || percent === this.shown) return;
    this.shown = percent;
    process.stderr.write(`\r${this.what} ${percent}%`);
  };

  /** Takes the line away. */
  end(): void {
    if (this.shown >= 0) process.stderr.write('\r\u001b[K');
    this.shown = -1;
  }
}
