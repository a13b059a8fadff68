import { attr } from '../core/mcp/conventions.js';
import type { SpanDetails } from '../core/protocol.js';
import type { Attributes, Span } from '../core/trace/model.js';

/** The last exception that a span recorded, as an event or on itself. */
export function exceptionOf(span: Span): SpanDetails['exception'] {
  for (const event of span.events.toReversed()) {
    if (event.name === 'exception') return fromAttributes(event.attributes);
  }
  return attr.exceptionType in span.attributes ? fromAttributes(span.attributes) : null;
}

function fromAttributes(attributes: Attributes): SpanDetails['exception'] {
  const text = (key: string): string => {
    const value = attributes[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    type: text(attr.exceptionType),
    message: text(attr.exceptionMessage),
    stack: text(attr.exceptionStacktrace),
  };
}
