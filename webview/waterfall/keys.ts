/** The keyboard in the waterfall, as the tree-grid pattern and the product's own keys say. */
import type { SpanRow } from '../../src/core/protocol.js';
import { setDefault, setOpen } from '../../src/core/view/folds.js';
import type { ViewContext } from '../context.js';
import type { Waterfall } from './waterfall.js';
import type { Zoom } from './zoom.js';

export interface KeyActions {
  nextError(backwards: boolean): void;
  focusCall(): void;
  leaveScope(): void;
  togglePause(): void;
  contextMenu(): void;
}

export class Keys {
  constructor(
    private readonly context: ViewContext,
    private readonly waterfall: Waterfall,
    private readonly zoom: Zoom,
    private readonly actions: KeyActions,
  ) {
    waterfall.elements.scroller.addEventListener('keydown', (event) => {
      if (this.handle(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
  }

  toggle(row: SpanRow, open = !row.expanded): void {
    if (row.descendants === 0) return;
    this.context.updateSpec(setOpen(this.context.state.spec, row.id, open));
  }

  private handle(event: KeyboardEvent): boolean {
    const { context, waterfall, zoom } = this;
    if (event.ctrlKey || event.metaKey) return this.handleWithControl(event);
    const index = waterfall.selectedIndex();
    const row = index === null ? undefined : context.rows.row(index);
    switch (event.key) {
      case 'ArrowDown':
        this.walk(1);
        return true;
      case 'ArrowUp':
        this.walk(-1);
        return true;
      case 'PageDown':
        this.walk(waterfall.rowsOnScreen());
        return true;
      case 'PageUp':
        this.walk(-waterfall.rowsOnScreen());
        return true;
      case 'Home':
        waterfall.selectIndex(0);
        return true;
      case 'End':
        waterfall.selectIndex(context.rows.head.total - 1);
        return true;
      case 'ArrowRight':
        if (event.shiftKey) zoom.pan(0.2);
        else if (row && !row.expanded) this.toggle(row, true);
        else if (row && row.descendants > 0) this.walk(1);
        return true;
      case 'ArrowLeft':
        if (event.shiftKey) zoom.pan(-0.2);
        else if (row?.expanded && row.descendants > 0) this.toggle(row, false);
        else if (index !== null) this.toParent(index);
        return true;
      case ' ':
        if (row) this.toggle(row);
        return true;
      case 'Enter':
        if (row?.group) this.toggle(row);
        else if (row) context.openHandler(row);
        return true;
      case '*':
        context.updateSpec(setDefault(context.state.spec, true));
        return true;
      case '_':
        context.updateSpec(setDefault(context.state.spec, false));
        return true;
      case '/':
        context.focusSearch();
        return true;
      case '+':
      case '=':
        zoom.step(true, row);
        return true;
      case '-':
      case '−':
        zoom.step(false, row);
        return true;
      case '0':
        zoom.whole();
        return true;
      case 'f':
      case 'F':
        zoom.fit(row);
        return true;
      case 'e':
        this.actions.nextError(false);
        return true;
      case 'E':
        this.actions.nextError(true);
        return true;
      case 'z':
      case 'Z':
        this.actions.focusCall();
        return true;
      case 'd':
      case 'D':
        context.update({ pane: context.state.pane === 'details' ? null : 'details' });
        return true;
      case 'p':
      case 'P':
        this.actions.togglePause();
        return true;
      case 'Escape':
        this.actions.leaveScope();
        return true;
      case 'ContextMenu':
        this.actions.contextMenu();
        return true;
      case 'F10':
        if (!event.shiftKey) return false;
        this.actions.contextMenu();
        return true;
      default:
        return false;
    }
  }

  private handleWithControl(event: KeyboardEvent): boolean {
    const { context, waterfall } = this;
    if (event.key === 'c') {
      const index = waterfall.selectedIndex();
      const row = index === null ? undefined : context.rows.row(index);
      if (!row) return false;
      context.copy([row.name, row.detail].filter(Boolean).join('  '), 'the row');
      return true;
    }
    if (event.key === 'f') {
      context.focusSearch();
      return true;
    }
    return false;
  }

  private walk(by: number): void {
    const { waterfall, context } = this;
    const index = waterfall.selectedIndex();
    if (index !== null) {
      waterfall.selectIndex(index + by);
      return;
    }
    const { selected } = context.state;
    if (!selected) {
      waterfall.selectIndex(
        by > 0 ? Math.ceil(waterfall.contentTop / 22) : context.rows.head.total - 1,
      );
      return;
    }
    // Scrolled out of what is loaded: ask where it is.
    void context.host
      .request('rows/locate', { spec: context.state.spec, span: selected })
      .then(({ index: at }) => waterfall.selectIndex(at === null ? 0 : at + by))
      .catch(() => undefined);
  }

  private toParent(index: number): void {
    const { context, waterfall } = this;
    const parent = context.rows.ancestors(index).at(-1);
    if (!parent) return;
    const at = context.rows.indexOf(parent.id);
    if (at === null) void context.reveal(parent);
    else waterfall.selectIndex(at);
  }
}
