/** The line between rows and pane: dragged, or moved by arrow keys. */
import type { ViewContext } from './context.js';
import { element, setAttribute } from './dom.js';

export class PaneSplitter {
  readonly root = element('div', {
    class: 'splitter-pane',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'horizontal',
    'aria-label': 'Height of the details',
    'aria-valuemin': 10,
    'aria-valuemax': 80,
    'aria-valuenow': 36,
  });

  constructor(
    private readonly context: ViewContext,
    frame: HTMLElement,
  ) {
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.root.addEventListener('pointermove', (event) => {
      if (!this.root.hasPointerCapture(event.pointerId)) return;
      const box = frame.getBoundingClientRect();
      this.set((box.bottom - event.clientY) / box.height);
    });
    this.root.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowUp' ? 0.03 : event.key === 'ArrowDown' ? -0.03 : 0;
      if (!step) return;
      event.preventDefault();
      this.set(context.state.paneShare + step);
    });
    this.root.addEventListener('dblclick', () => this.set(0.36));
    setAttribute(this.root, 'aria-valuenow', String(Math.round(context.state.paneShare * 100)));
  }

  private set(share: number): void {
    const paneShare = Math.min(0.8, Math.max(0.1, share));
    setAttribute(this.root, 'aria-valuenow', String(Math.round(paneShare * 100)));
    this.context.update({ paneShare, pane: this.context.state.pane ?? 'details' });
  }
}
