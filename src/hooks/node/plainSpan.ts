/** The span of a call that is like any other: bytes that are known, with ids and times set in. */
import { attr, own } from '../../core/mcp/conventions.js';
import type { Attributes } from '../../core/trace/model.js';
import { quote, textOfAttributes } from './encode.js';
import type { JsonBytes } from './jsonBytes.js';
import { kept } from './kept.js';
import type { Place } from './places.js';

/** What is the same in all calls of one name. */
export interface DescribedCall {
  readonly spanName: string;
  readonly attributes: Attributes;
  /** A plain span's bytes, with the place that they tell of. */
  plain: { readonly place: Place | null; readonly bytes: Buffer } | null;
}

const targetKeys: Record<string, string> = {
  'tools/call': attr.toolName,
  'prompts/get': attr.promptName,
  'resources/read': attr.mcpResourceUri,
};

const maxKnown = 1000;
const described = new Map<string, Map<string, DescribedCall>>();

/** The same objects for the same method and name, so that they are encoded once. */
export function describeCall(method: string, name: string): DescribedCall {
  const known = described.get(method);
  const found = known?.get(name);
  if (found) return found;
  const target = targetKeys[method];
  const shown = kept.name(name);
  const made: DescribedCall = {
    spanName: shown ? `${method} ${shown}` : method,
    attributes: {
      [attr.mcpMethod]: method,
      ...(target && shown ? { [target]: shown } : {}),
      ...(method === 'tools/call' ? { [attr.operationName]: 'execute_tool' } : {}),
      [own.handlerSource]: 'measured',
    },
    plain: null,
  };
  // Names come from the client: they must not fill the memory.
  if (!known) described.set(method, new Map([[name, made]]));
  else if (known.size < maxKnown) known.set(name, made);
  return made;
}

/** Writes it with a comma before it; `traceparent` is a W3C header, times are ms since the epoch. */
export function writePlainSpan(
  out: JsonBytes,
  known: DescribedCall,
  place: Place | null,
  traceparent: string,
  startMs: number,
  endMs: number,
): void {
  const at = out.bytes(bytesOf(known, place));
  out.setAscii(at + places.traceId, traceparent, 3, 32);
  out.setId(at + places.spanId);
  out.setAscii(at + places.parent, traceparent, 36, 16);
  out.setNanos(at + places.start, startMs);
  out.setNanos(at + places.end, endMs);
}

const noId = '0'.repeat(16);
const noTime = '0'.repeat(19);
const opening = `,{"traceId":"${noId}${noId}","spanId":"${noId}","parentSpanId":"${noId}","startTimeUnixNano":"${noTime}","endTimeUnixNano":"${noTime}"`;
/** Where in it that stands which is another in each span. */
const places = {
  traceId: startOf('traceId'),
  spanId: startOf('spanId'),
  parent: startOf('parentSpanId'),
  start: startOf('startTimeUnixNano'),
  end: startOf('endTimeUnixNano'),
};

function startOf(key: string): number {
  const label = `"${key}":"`;
  return opening.indexOf(label) + label.length;
}

/** The same for all plain calls of one name. */
function bytesOf(known: DescribedCall, place: Place | null): Buffer {
  if (known.plain?.place !== place) {
    const attributes = [known.attributes, ...(place ? [place.attributes] : [])];
    const text = `${opening},"name":${quote(known.spanName)},"kind":2,"attributes":[${attributes.map(textOfAttributes).join(',')}],"status":{"code":0}}`;
    known.plain = { place, bytes: Buffer.from(text) };
  }
  return known.plain.bytes;
}
