/** Between a frame and what it need not wait for, ms: by then it can be seen. */
export const afterPaintMs = 50;

/**
 * One frame for everything: parts ask for it as often as they like and are painted once.
 * State changes first, paint second; nothing paints from an event.
 */
export class Scheduler {
  private frame = 0;

  constructor(private readonly paint: () => void) {}

  /** Nothing is painted while the page is hidden: the browser keeps the request until it shows. */
  request(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  /** Paints at once what was asked for. */
  flush(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.paint();
  }
}
