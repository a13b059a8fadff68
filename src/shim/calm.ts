/**
 * When telemetry may have the thread that forwards. Traffic always goes first: work is done in
 * short pieces when the wire is quiet, and, once too much has piled up, in turns of the event loop
 * that brought no traffic.
 */

/** No traffic for so long is quiet. A client and a server that talk without a break leave less. */
const quietMs = 3;
/** How long a piece of work may hold the thread on a quiet wire. */
const pieceMs = 0.3;
/** Work that waited so long goes between the messages of a wire that is never quiet. */
const patienceMs = 1_000;

export class Calm {
  private lastTraffic = 0;
  private waitingSince = 0;
  private pressed = false;
  private hurried = false;

  /** Traffic passed; `now` as `performance.now()` gives it. */
  traffic(now: number): void {
    this.lastTraffic = now;
  }

  isQuiet(forMs: number): boolean {
    return performance.now() - this.lastTraffic >= forMs;
  }

  /** Work waits in such a quantity that it must not wait for a quiet wire. */
  press(pressed: boolean): void {
    this.pressed = pressed;
  }

  /** From now on only the work counts: there will be no more traffic. */
  hurry(): void {
    this.hurried = true;
  }

  /** Resolves when a piece of work may begin. */
  turn(): Promise<void> {
    if (this.hurried) return Promise.resolve();
    if (this.waitingSince === 0) this.waitingSince = performance.now();
    return new Promise((resolve) => this.look(resolve));
  }

  /** The work is done: what comes later is patient anew. */
  rest(): void {
    this.waitingSince = 0;
  }

  /** True when a piece of work that began at `since` has to make room. */
  isOver(since: number): boolean {
    return !this.hurried && (this.isPressing() || performance.now() - since > pieceMs);
  }

  private isPressing(): boolean {
    return (
      this.pressed || (this.waitingSince > 0 && performance.now() - this.waitingSince > patienceMs)
    );
  }

  private readonly look = (resolve: () => void): void => {
    const quiet = performance.now() - this.lastTraffic;
    if (this.hurried) resolve();
    else if (this.isPressing()) this.betweenMessages(resolve);
    // Through the event loop all the same, so that traffic that is already there goes first.
    else if (quiet >= quietMs) setImmediate(this.lookAgain, resolve, this.lastTraffic);
    else setTimeout(this.look, quietMs - quiet + 1, resolve).unref();
  };

  private readonly lookAgain = (resolve: () => void, before: number): void => {
    if (before === this.lastTraffic || this.hurried) resolve();
    else this.look(resolve);
  };

  /** A turn of the event loop that brings nothing: both peers are busy with what they got. */
  private betweenMessages(resolve: () => void): void {
    setImmediate(this.lookAgain, resolve, this.lastTraffic);
  }
}
