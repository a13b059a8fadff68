/** Numbers of 16 bits, as records have room for, for what comes and goes. */
const largest = 0xffff;

/** Gives none that is still in use, as long as there is another. */
export class Numbers {
  private readonly used = new Set<number>();
  private last: number;

  constructor(private readonly smallest: number) {
    this.last = smallest - 1;
  }

  take(): number {
    const { used, smallest } = this;
    const isFull = used.size > largest - smallest;
    do this.last = this.last >= largest ? smallest : this.last + 1;
    while (!isFull && used.has(this.last));
    used.add(this.last);
    return this.last;
  }

  release(number: number): void {
    this.used.delete(number);
  }
}
