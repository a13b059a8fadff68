/** The elements of the waterfall that stay: one scroller, its sticky layer, canvas and splitter. */
import { element } from '../dom.js';

export interface WaterfallElements {
  readonly root: HTMLElement;
  /** The one scroll; it has the focus, and `aria-activedescendant` names the row. */
  readonly scroller: HTMLElement;
  readonly sizer: HTMLElement;
  readonly layer: HTMLElement;
  readonly head: HTMLElement;
  readonly axis: HTMLElement;
  readonly rows: HTMLElement;
  /** The sheet of rows inside `rows`. */
  readonly moved: HTMLElement;
  readonly sticky: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly splitter: HTMLElement;
  readonly notice: HTMLElement;
}

export function createSkeleton(): WaterfallElements {
  const axis = element('div', { class: 'axis', 'aria-hidden': 'true' });
  const head = element(
    'div',
    { class: 'head', role: 'row', 'aria-rowindex': 1 },
    element('div', { class: 'cell-name', role: 'columnheader' }, 'Call'),
    element('div', { class: 'cell-duration', role: 'columnheader' }, 'Duration'),
    element(
      'div',
      { class: 'cell-bar', role: 'columnheader' },
      element('span', { class: 'only-read' }, 'Time'),
      axis,
    ),
  );
  const moved = element('div', { class: 'rows-moved', role: 'rowgroup' });
  const rows = element('div', { class: 'rows', role: 'presentation' }, moved);
  const sticky = element('div', { class: 'sticky', 'aria-hidden': 'true' });
  const canvas = element('canvas', { class: 'bars', 'aria-hidden': 'true' });
  const layer = element(
    'div',
    { class: 'layer', role: 'presentation' },
    head,
    rows,
    sticky,
    canvas,
  );
  const sizer = element('div', { class: 'sizer', role: 'presentation' });
  const scroller = element(
    'div',
    {
      class: 'scroller',
      role: 'treegrid',
      tabindex: 0,
      'aria-label': 'Calls and their spans',
      'aria-colcount': 3,
      'aria-describedby': 'waterfall-keys',
    },
    layer,
    sizer,
  );
  const splitter = element('div', {
    class: 'splitter-columns',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'vertical',
    'aria-label': 'Width of the tree',
    'aria-valuemin': 15,
    'aria-valuemax': 85,
  });
  const notice = element('div', { class: 'notice', hidden: true });
  const keys = element(
    'p',
    { id: 'waterfall-keys', class: 'only-read' },
    'Arrow keys walk and fold. Enter opens the handler. Plus, minus and zero zoom, F fits, slash searches.',
  );
  const root = element('section', { class: 'waterfall' }, scroller, splitter, notice, keys);
  return {
    root,
    scroller,
    sizer,
    layer,
    head,
    axis,
    rows,
    moved,
    sticky,
    canvas,
    splitter,
    notice,
  };
}
