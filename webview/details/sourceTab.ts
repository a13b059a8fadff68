/** Where the handler is, how that is known, and a few lines of it. */
import type { HandlerInfo, HandlerSource, SpanDetails } from '../../src/core/protocol.js';
import type { ViewContext } from '../context.js';
import { element } from '../dom.js';
import { hasHandler } from '../waterfall/rowWords.js';
import { hint, link, section } from './sections.js';

const sourceWords: Readonly<Record<HandlerSource, string>> = {
  measured: 'measured',
  indexed: 'found in the workspace',
  guessed: 'a guess',
};
const sourceExplanations: Readonly<Record<HandlerSource, string>> = {
  measured: 'The running server reported this place.',
  indexed: 'A registration of this name was read in the source.',
  guessed: 'The name fits, but nothing proves that it is this one.',
};

/** Methods for which an app registers handlers. */
const handledByApp = /^(?:tools\/call|prompts\/get|resources\/read|completion\/)/;
const answeredByClient = /^(?:sampling|elicitation|roots)\//;

/** `undefined` while it is being looked for, null when there is none. */
export function handlerSection(
  context: ViewContext,
  details: SpanDetails,
  handler: HandlerInfo | null | undefined,
): HTMLElement {
  if (handler === undefined) return section('Handler', [hint('Looking for the handler…')]);
  const { method = '' } = details.row;
  if (handler === null && method !== '' && !handledByApp.test(method)) {
    return section('Handler', [
      hint(
        answeredByClient.test(method)
          ? 'The client answers this request.'
          : 'This method belongs to the protocol: the SDK answers it, unless the server registers something of its own.',
      ),
    ]);
  }
  if (handler === null && !hasHandler(details.row)) {
    return section('Handler', [
      hint('No server handles this row; the calls below it have handlers.'),
    ]);
  }
  if (handler === null) {
    return section('Handler', [
      hint(
        context.inEditor
          ? 'No handler was found: the span carries no code.* attributes, and no registration of this name stands in the workspace.'
          : 'Open this trace in VS Code to go to the handler.',
      ),
    ]);
  }
  const place = link(`${handler.label}:${handler.line}`, 'Open the handler (Enter)', () =>
    context.openHandler(details.row),
  );
  const parts: Node[] = [
    element(
      'div',
      { class: 'handler-place' },
      place,
      element('span', { class: 'hint' }, ` ${handler.how}`),
    ),
  ];
  if (handler.candidates > 1) {
    parts.push(hint(`${handler.candidates} places fit; opening asks which.`));
  }
  if (handler.snippet) parts.push(snippetOf(handler, handler.snippet));
  const made = section('Handler', parts, { tag: sourceWords[handler.source] });
  made.querySelector('.section-tag')?.setAttribute('title', sourceExplanations[handler.source]);
  return made;
}

function snippetOf(
  handler: HandlerInfo,
  snippet: NonNullable<HandlerInfo['snippet']>,
): HTMLElement {
  const code = element('div', {
    class: 'snippet',
    role: 'group',
    'aria-label': 'Source',
    tabindex: 0,
  });
  for (const [at, text] of snippet.lines.entries()) {
    const line = snippet.firstLine + at;
    code.append(
      element(
        'div',
        { class: line === handler.line ? 'snippet-line snippet-here' : 'snippet-line' },
        element('span', { class: 'line-number' }, String(line)),
        element('span', { class: 'line-text' }, text.slice(0, 400)),
      ),
    );
  }
  return code;
}
