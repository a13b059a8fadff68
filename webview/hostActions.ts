/** What the view asks of its host on a click, with words about how it went. */
import type { HostRequests } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import type { ViewContext } from './context.js';

type Action =
  | 'handler/open'
  | 'source/open'
  | 'text/open'
  | 'text/diff'
  | 'link/open'
  | 'command/run';

/** Asks for something that only the editor can do; what stood in its way is told. */
export function run<A extends Action>(
  context: ViewContext,
  action: A,
  params: HostRequests[A]['params'],
): void {
  context.host.request(action, params).then(
    (answer) => {
      if (answer?.reason && !answer.opened) context.notify(answer.reason, 'error');
    },
    (error: Error) => context.notify(error.message, 'error'),
  );
}

export function refOf({ traceId, spanId }: SpanRef): SpanRef {
  return { traceId, spanId };
}

export function replay(context: ViewContext, span: SpanRef): void {
  run(context, 'command/run', { command: 'replay', span: refOf(span) });
}

export function copyText(context: ViewContext, text: string, what: string): void {
  const told = () => context.notify(`Copied ${what}`);
  context.host
    .request('clipboard/write', { text })
    .catch(() => navigator.clipboard.writeText(text))
    .then(told, () => context.notify('The clipboard cannot be written here', 'error'));
}

export function clearSession(context: ViewContext): void {
  context.host
    .request('command/run', { command: 'clear', span: null })
    .then(() => context.update({ selected: null, window: null }))
    .catch((error: Error) => context.notify(error.message, 'error'));
}
