import { grown } from '../otlp/traceBatch.js';
import { measureTree, type TreeOptions } from './flatTree.js';
import type { SpanIndex } from './spanIndex.js';

const whole: TreeOptions = { hidden: [], rawTimes: false };
type Measure = ReturnType<typeof measureTree>;
const isOpen = (): boolean => true;

/**
 * Rows and latest end of every top-level tree as it stands when nothing is hidden, folded or
 * filtered: the same for every view, so that a view that nobody asked for yet finds them here.
 */
export class TreeMeasures {
  /** By trace, of its first root: one more than the rows; 0 = unknown. */
  private rows = new Int32Array(0);
  /** By trace, of its first root: ns after the session's origin, infinite while something runs. */
  private ends = new Float64Array(0);
  /** By slot, of the few roots that are not the first of their trace. */
  private readonly others = new Map<number, Measure>();
  /** Next trace that `work` looks at. */
  private next = 0;

  constructor(private readonly index: SpanIndex) {}

  rowsOf(top: number): number {
    const trace = this.know(top);
    return trace === -1 ? this.others.get(top)!.rows : this.rows[trace]! - 1;
  }

  endOf(top: number): number {
    const trace = this.know(top);
    return trace === -1 ? this.others.get(top)!.end : this.ends[trace]!;
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
      const trace = this.know(top);
      const other = trace === -1 ? this.others.get(top)! : null;
      const own = ownCount === null ? -1 : ownCount(top);
      if (own !== -1) rows += own;
      else rows += other ? other.rows : this.rows[trace]! - 1;
      const to = other ? other.end : this.ends[trace]!;
      if (to === Number.POSITIVE_INFINITY) running = true;
      else if (to > end) end = to;
    }
    offsets[tops.length] = rows;
    return { end, running };
  }

  clear(): void {
    this.others.clear();
  }

  /** Measures ahead what changed, about so many spans; false when nothing is left. */
  work(spans: number): boolean {
    const { traces } = this.index;
    let left = spans;
    for (let seen = 0; seen < traces.size; seen++) {
      if (this.next >= traces.size) this.next = 0;
      const trace = this.next++;
      if (traces.slots[trace] === 0 || traces.touched[trace] === 0) continue;
      this.eachRoot(trace, (root) => void this.know(root));
      left -= traces.slots[trace]!;
      if (left <= 0) return true;
    }
    return false;
  }

  /** Measures a tree that is not; its trace, or -1 when it stands among the others. */
  private know(top: number): number {
    const { columns, traces } = this.index;
    const trace = columns.trace[top]!;
    if (trace >= this.rows.length) {
      this.rows = grown(this.rows, traces.touched.length);
      this.ends = grown(this.ends, traces.touched.length);
    }
    if (traces.touched[trace] !== 0) {
      traces.touched[trace] = 0;
      this.rows[trace] = 0;
      if (this.others.size > 0) this.eachRoot(trace, (root) => this.others.delete(root));
    }
    if (traces.firstRoot[trace] === top) {
      if (this.rows[trace] === 0) {
        const { rows, end } = measureTree(this.index, top, whole, isOpen);
        this.rows[trace] = rows + 1;
        this.ends[trace] = end;
      }
      return trace;
    }
    if (!this.others.has(top)) this.others.set(top, measureTree(this.index, top, whole, isOpen));
    return -1;
  }

  private eachRoot(trace: number, visit: (root: number) => void): void {
    const { columns, traces } = this.index;
    for (let root = traces.firstRoot[trace]!; root !== -1; root = columns.next[root]!) visit(root);
  }
}
