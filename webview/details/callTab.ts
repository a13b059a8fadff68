/** What was asked and what came back; beside it what went wrong and the handler. */
import type { HandlerInfo, SpanDetails } from '../../src/core/protocol.js';
import { formatCost, formatCount } from '../../src/core/view/durations.js';
import type { ViewContext } from '../context.js';
import { element } from '../dom.js';
import { storySection } from '../story.js';
import { hasHandler } from '../waterfall/rowWords.js';
import { exceptionSection } from './errorTab.js';
import { jsonSection } from './jsonSection.js';
import { resultContent } from './resultContent.js';
import { hint, section, table, textBlock } from './sections.js';
import { handlerSection } from './sourceTab.js';

export function callTab(
  context: ViewContext,
  details: SpanDetails,
  handler: HandlerInfo | null | undefined,
): HTMLElement {
  const { layer, tokens, cost } = details.row;
  const left = element('div', { class: 'column' });
  if (layer === 'agent' || layer === 'workflow') left.append(storySection(context, details.row));
  const right = element('div', { class: 'column' });
  if (details.argumentsText !== null) {
    left.append(jsonSection(context, 'Arguments', details.argumentsText));
  }
  if (details.resultText !== null) {
    left.append(
      jsonSection(context, 'Result', details.resultText, {
        ...tagOf(details),
        friendly: (value) => resultContent(context, value),
      }),
    );
  }
  if (details.argumentsText === null && details.resultText === null) {
    left.append(noContent(context, details));
  }
  if (tokens || cost !== undefined) {
    const used = [
      { key: 'Input tokens', value: tokens && formatCount(tokens.input) },
      { key: 'Output tokens', value: tokens && formatCount(tokens.output) },
      { key: 'Cost', value: cost === undefined ? cost : formatCost(cost) },
    ].flatMap(({ key, value }) => (value ? { key, value } : []));
    right.append(section('Usage', [table(context, 'Usage', used)]));
  }
  const failure = failureSection(context, details);
  if (failure) right.append(failure);
  if (handler || hasHandler(details.row)) right.append(handlerSection(context, details, handler));
  return element('div', { class: 'columns' }, left, right);
}

function tagOf(details: SpanDetails): { tag?: string } {
  if (details.row.outcome === 'tool_error') return { tag: 'isError' };
  if (details.row.outcome === 'payload_error') return { tag: 'says it failed' };
  return {};
}

function failureSection(context: ViewContext, details: SpanDetails): HTMLElement | null {
  if (details.exception) return exceptionSection(context, details);
  if (!details.statusMessage) return null;
  return section('Error', [textBlock(context, details.statusMessage, 'Error')]);
}

function noContent(context: ViewContext, details: SpanDetails): HTMLElement {
  const { row } = details;
  if (row.placeholder) {
    return section('Not received', [
      hint(
        'Spans below name this one as their parent, but it never arrived: it was sampled away, exported elsewhere, or its process ended before it was sent.',
      ),
    ]);
  }
  if (!['tool', 'mcp-client', 'wire', 'mcp-server'].includes(row.layer)) {
    return section(details.spanName, [keyFacts(context, details)]);
  }
  return section('Arguments and result', [
    hint(
      row.duration === null
        ? 'The call is running; its result stands here when it is done.'
        : details.wire.length
          ? 'This method carries neither; its messages stand under Wire.'
          : 'None was kept: this span says nothing about them, or the content level leaves them out.',
    ),
  ]);
}

/** The attributes that say most, for spans that are no call. */
function keyFacts(context: ViewContext, details: SpanDetails): HTMLElement {
  const lines = Object.entries(details.attributes)
    .filter(([key]) => /^(http|url|db|rpc|gen_ai|messaging|server\.address|error)/.test(key))
    .slice(0, 14)
    .map(([key, value]) => `${key}  ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return lines.length
    ? textBlock(context, lines.join('\n'), details.spanName)
    : hint('Its attributes are under Attributes.');
}
