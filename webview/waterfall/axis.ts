/** Labels of the time axis, and the moment under the pointer. */
import type { Tick } from '../../src/core/view/ticks.js';
import { element, setHidden, setText } from '../dom.js';

const labelGapPx = 4;

export class Axis {
  private readonly labels: HTMLElement[] = [];
  private readonly pointer = element('span', { class: 'axis-pointer', hidden: true });

  constructor(
    private readonly root: HTMLElement,
    /** px */
    private readonly widthOf: (text: string) => number,
  ) {
    root.append(this.pointer);
  }

  paint(
    ticks: readonly Tick[],
    widthPx: number,
    pointer: { x: number; text: string } | null,
  ): void {
    for (const [at, tick] of ticks.entries()) {
      const label = this.labels[at] ?? this.add();
      setText(label, tick.label);
      // A label that would be cut is left out; its line stays.
      setHidden(label, tick.x + labelGapPx + this.widthOf(tick.label) > widthPx);
      label.style.transform = `translateX(${Math.round(tick.x) + labelGapPx}px)`;
    }
    for (const label of this.labels.slice(ticks.length)) setHidden(label, true);
    setHidden(this.pointer, pointer === null);
    if (!pointer) return;
    setText(this.pointer, pointer.text);
    const right = pointer.x > widthPx - 90;
    this.pointer.style.transform = `translateX(${pointer.x}px) translateX(${right ? '-100%' : '0'})`;
  }

  private add(): HTMLElement {
    const label = element('span', { class: 'axis-label' });
    this.labels.push(label);
    this.root.prepend(label);
    return label;
  }
}
