import type { Predicate } from './queryCompile.js';
import type { SpanIndex } from './spanIndex.js';

/** Answers of one query by slot, asked again only for slots that changed. */
export class MatchCache {
  /** 0 not asked, 1 no, 2 yes. */
  private answers = new Uint8Array(0);
  private readonly stop: () => void;

  constructor(
    index: SpanIndex,
    private readonly predicate: Predicate,
  ) {
    this.stop = index.onDidChange((slot) => {
      if (slot < this.answers.length) this.answers[slot] = 0;
    });
  }

  matches(slot: number): boolean {
    if (slot >= this.answers.length) {
      const larger = new Uint8Array(Math.max(4096, this.answers.length * 2, slot + 1));
      larger.set(this.answers);
      this.answers = larger;
    }
    let answer = this.answers[slot]!;
    if (answer === 0) {
      answer = this.predicate(slot) ? 2 : 1;
      this.answers[slot] = answer;
    }
    return answer === 2;
  }

  /** Forgets all answers: what they stood on (logs, full text) changed. */
  reset(): void {
    this.answers.fill(0);
  }

  dispose(): void {
    this.stop();
  }
}
