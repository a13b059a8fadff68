import { attr } from '../../core/mcp/conventions.js';
import type { CallPlaces, HandlerKind, SpanDetails } from '../../core/protocol.js';
import { readReportedPlace } from '../../core/source/reportedPlace.js';
import type { SpanRef } from '../../core/trace/model.js';
import type { CollectorClient } from './handlerService.js';

/** What the collector knows about the handler of a span; null when it does not know the span. */
export async function askPlaces(
  collector: CollectorClient,
  span: SpanRef,
): Promise<CallPlaces | null> {
  const places = await collector.request('call/places', span);
  if (!places || places.spans.length + places.measured.length > 0 || places.kind !== null)
    return places;
  const details = await collector.request('span/details', span);
  return details ? fromDetails(details) : places;
}

/** A span that is no MCP call may still carry `code.*` of its own, or name a tool. */
function fromDetails(details: SpanDetails): CallPlaces {
  const { attributes, serverCwd, scope, originNanos } = details;
  const place = readReportedPlace(attributes, {
    cwd: serverCwd,
    emitter: scope.name,
    timeNanos: originNanos,
  });
  const [kind, name] = targetOf(attributes);
  return {
    server: details.row.server,
    serverCwd,
    kind,
    name,
    spans: place ? [place] : [],
    measured: [],
  };
}

function targetOf(attributes: SpanDetails['attributes']): [HandlerKind | null, string] {
  const kinds = [
    ['tool', attr.toolName],
    ['prompt', attr.promptName],
    ['resource', attr.mcpResourceUri],
  ] as const;
  for (const [kind, key] of kinds) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') return [kind, value];
  }
  return [null, ''];
}
