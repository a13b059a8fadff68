/** The exception with frames that open, and what the conventions say of the failure. */
import type { SpanDetails } from '../../src/core/protocol.js';
import type { SpanRef } from '../../src/core/trace/model.js';
import { shortPlace, stackLines } from '../../src/core/view/stackText.js';
import type { ViewContext } from '../context.js';
import { element } from '../dom.js';
import { refOf, run } from '../hostActions.js';
import { hint, link, section, textBlock } from './sections.js';

export function errorTab(context: ViewContext, details: SpanDetails): HTMLElement {
  const root = element('div', { class: 'column' });
  if (details.exception) root.append(exceptionSection(context, details, true));
  if (details.statusMessage) {
    root.append(section('Status', [textBlock(context, details.statusMessage, 'Status')]));
  }
  const type = details.attributes['error.type'];
  if (typeof type === 'string')
    root.append(section('error.type', [textBlock(context, type, 'error.type')]));
  if (root.childElementCount === 0) root.append(hint('Nothing went wrong here.'));
  return root;
}

export function exceptionSection(
  context: ViewContext,
  details: SpanDetails,
  full = false,
): HTMLElement {
  const { exception } = details;
  const head = element(
    'div',
    { class: 'exception-head' },
    element('span', { class: 'error-text' }, exception?.type || 'Error'),
    `: ${exception?.message ?? ''}`,
  );
  const stack = element('div', { class: 'stack' });
  const lines = stackLines(exception?.stack ?? '').filter(
    ({ frame, pieces }) => frame || full || /^(Caused by|Error \d+): /.test(pieces[0]?.text ?? ''),
  );
  let hidden = 0;
  const foreign: HTMLElement[] = [];
  for (const line of lines) {
    const text = line.pieces.map((piece) => piece.text).join('');
    const isCode = !line.frame && /^\s{2,}\S/.test(text);
    const made = element('div', {
      class: line.frame ? 'stack-frame' : isCode ? 'stack-line stack-code' : 'stack-line',
    });
    for (const piece of line.pieces) {
      const { place } = piece;
      if (!place) made.append(piece.text);
      else {
        const text = shortPlace(piece.text, details.serverCwd);
        const title = `Open ${piece.text}`;
        made.append(link(text, title, () => openPlace(context, details.row, place)));
      }
    }
    if (line.foreign && !full) {
      hidden++;
      made.hidden = true;
      foreign.push(made);
    }
    stack.append(made);
  }
  if (hidden > 0) {
    const more = link(`+${hidden} frames of packages and the runtime`, 'Show them', () => {
      for (const frame of foreign) frame.hidden = false;
      more.remove();
    });
    stack.append(more);
  }
  return section('Exception in the handler', [head, stack], {
    actions: [
      {
        label: 'Copy the exception',
        icon: 'copy',
        run: () => {
          const text = exception?.stack || `${exception?.type}: ${exception?.message}`;
          context.copy(text, 'the exception');
        },
      },
    ],
  });
}

export function openPlace(
  context: ViewContext,
  span: SpanRef,
  place: { file: string; line: number; column: number },
): void {
  run(context, 'source/open', { span: refOf(span), ...place });
}
