import { grown } from '../otlp/traceBatch.js';
import { measureTree, type TreeOptions } from './flatTree.js';
import type { SpanIndex } from './spanIndex.js';

const whole: TreeOptions = { hidden: [], rawTimes: false };
const isOpen = (): boolean => true;

/**
 * Rows and latest end of every top-level tree as it stands when nothing is hidden, folded or
 * filtered: the same for every view, so that a view that nobody asked for yet finds them here.
 */
export class TreeMeasures {
  /** By top slot: one more than the rows; 0 = unknown, so that unused pages stay untouched. */
  private rows = new Int32Array(0);
  /** By top slot: ns after the session's origin, infinite while something in the tree runs. */
  private ends = new Float64Array(0);
  /** Next trace that `work` looks at. */
  private next = 0;

  constructor(private readonly index: SpanIndex) {}

  rowsOf(top: number): number {
    this.know(top);
    return this.rows[top]! - 1;
  }

  endOf(top: number): number {
    this.know(top);
    return this.ends[top]!;
  }

  /**
   * Adds up the rows of trees: `offsets` gets the rows before each of them and after the last.
   * `ownCount` is asked first and says -1 for a tree that is counted as it is.
   */
  addUp(
    tops: Int32Array,
    offsets: Float64Array,
    ownCount: ((top: number) => number) | null,
  ): { end: number; running: boolean } {
    let rows = 0;
    let end = Number.NEGATIVE_INFINITY;
    let running = false;
    for (let place = 0; place < tops.length; place++) {
      const top = tops[place]!;
      offsets[place] = rows;
      this.know(top);
      const own = ownCount === null ? -1 : ownCount(top);
      rows += own === -1 ? this.rows[top]! - 1 : own;
      const to = this.ends[top]!;
      if (to === Number.POSITIVE_INFINITY) running = true;
      else if (to > end) end = to;
    }
    offsets[tops.length] = rows;
    return { end, running };
  }

  /** Measures ahead what changed, about so many spans; false when nothing is left. */
  work(spans: number): boolean {
    const { traces } = this.index;
    let left = spans;
    for (let seen = 0; seen < traces.size; seen++) {
      if (this.next >= traces.size) this.next = 0;
      const trace = this.next++;
      if (traces.slots[trace] === 0 || traces.touched[trace] === 0) continue;
      this.eachRoot(trace, (root) => this.know(root));
      left -= traces.slots[trace]!;
      if (left <= 0) return true;
    }
    return false;
  }

  private know(top: number): void {
    const { columns, traces } = this.index;
    const trace = columns.trace[top]!;
    if (top >= this.rows.length) this.grow(columns.capacity);
    if (traces.touched[trace] !== 0) {
      traces.touched[trace] = 0;
      this.eachRoot(trace, (root) => {
        if (root >= this.rows.length) this.grow(columns.capacity);
        this.rows[root] = 0;
      });
    }
    if (this.rows[top] !== 0) return;
    const { rows, end } = measureTree(this.index, top, whole, isOpen);
    this.rows[top] = rows + 1;
    this.ends[top] = end;
  }

  private eachRoot(trace: number, visit: (root: number) => void): void {
    const { columns, traces } = this.index;
    for (let root = traces.firstRoot[trace]!; root !== -1; root = columns.next[root]!) visit(root);
  }

  private grow(capacity: number): void {
    this.rows = grown(this.rows, capacity);
    this.ends = grown(this.ends, capacity);
  }
}
