/** What the view asks of its host on a click, with words about how it went. */
import type { SpanRef } from '../src/core/trace/model.js';
import type { ViewContext } from './context.js';

export function openHandler(context: ViewContext, { traceId, spanId }: SpanRef): void {
  context.host
    .request('handler/open', { traceId, spanId })
    .then(({ opened, reason }) => {
      if (!opened && reason) context.notify(reason, 'error');
    })
    .catch((error: Error) => context.notify(error.message, 'error'));
}

export function replay(context: ViewContext, { traceId, spanId }: SpanRef): void {
  context.host
    .request('command/run', { command: 'replay', span: { traceId, spanId } })
    .catch((error: Error) => context.notify(error.message, 'error'));
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
