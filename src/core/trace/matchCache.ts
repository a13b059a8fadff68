import type { Predicate } from './queryCompile.js';
import type { SpanIndex } from './spanIndex.js';

const known = 1;
const wanted = 2;
const refused = 4;

/** Answers of one query by slot, asked again only for slots that changed. */
export class MatchCache {
  /** 0 not asked, else `known`, `wanted` and `refused` bits. */
  private answers = new Uint8Array(0);
  private readonly stop: () => void;

  constructor(
    index: SpanIndex,
    private readonly predicate: Predicate,
    /** What the query leaves out (`-method:initialize`), with all that is below it. */
    private readonly refusal: Predicate | null = null,
  ) {
    this.stop = index.onDidChange((slot) => {
      if (slot < this.answers.length) this.answers[slot] = 0;
    });
  }

  matches(slot: number): boolean {
    return (this.ask(slot) & (wanted | refused)) === wanted;
  }

  /** Whether the query leaves anything out with all that is below it. */
  get hasRefusal(): boolean {
    return this.refusal !== null;
  }

  refuses(slot: number): boolean {
    return this.refusal !== null && (this.ask(slot) & refused) !== 0;
  }

  private ask(slot: number): number {
    if (slot >= this.answers.length) {
      const larger = new Uint8Array(Math.max(4096, this.answers.length * 2, slot + 1));
      larger.set(this.answers);
      this.answers = larger;
    }
    let answer = this.answers[slot]!;
    if (answer === 0) {
      answer = known;
      if (this.predicate(slot)) answer |= wanted;
      if (this.refusal?.(slot)) answer |= refused;
      this.answers[slot] = answer;
    }
    return answer;
  }

  /** Forgets all answers: what they stood on (logs, full text) changed. */
  reset(): void {
    this.answers.fill(0);
  }

  dispose(): void {
    this.stop();
  }
}
