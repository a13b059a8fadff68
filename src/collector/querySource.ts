import { decodeText } from '../core/otlp/text.js';
import type { QuerySource } from '../core/trace/queryCompile.js';
import { type FullText, minIndexedLength } from './fullText.js';
import type { Session } from './session.js';
import { textAt } from './spanAt.js';

/** Below this many spans all their bytes are read, so that every attribute is found. */
const maxScanned = 20_000;

/** What queries ask beyond the index, read from the store. */
export function createQuerySource(
  session: Session,
  fullText: Pick<FullText, 'upTo' | 'holds' | 'logHolds'>,
): QuerySource {
  const { index, definitions } = session;
  const logsContain = (slot: number, text: string): boolean =>
    session.logs.ofSpan(index.refOf(slot)).some(({ chunk, at, length }) => {
      const bytes = session.readRecord(chunk, at, length);
      return bytes !== null && decodeText(bytes, 0, bytes.length).toLowerCase().includes(text);
    });
  return {
    index,
    serverName: (slot) => session.serverName(slot),
    scopeName: (slot) => definitions.scope(index.columns.scope[slot]!).name,
    rowName: (slot) => {
      const span = session.readSpan(slot);
      return span ? textAt(session, slot, span).name : '';
    },
    attribute: (slot, key) => {
      const span = session.readSpan(slot);
      const value = span?.attributes[key] ?? span?.resource[key];
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'string' || typeof value === 'number') return value;
      return JSON.stringify(value);
    },
    contains: (slot, text) => {
      const { name, target } = index.columns;
      if (index.names.text(name[slot]!).toLowerCase().includes(text)) return true;
      if (index.names.text(target[slot]!).toLowerCase().includes(text)) return true;
      const chunk = index.columns.chunk[slot]!;
      const isIndexed = chunk <= fullText.upTo && index.spans > maxScanned;
      if (chunk >= 0 && isIndexed && text.length >= minIndexedLength) {
        if (fullText.holds(chunk, index.columns.at[slot]!, text)) return true;
        const { traceId, spanId } = index.refOf(slot);
        return fullText.logHolds(`${traceId}:${spanId}`, text);
      }
      if (logsContain(slot, text)) return true;
      const bytes = session.readBytes(slot);
      // Every text of a span is UTF-8 in its bytes, so one look finds it wherever it stands.
      if (bytes) return decodeText(bytes, 0, bytes.length).toLowerCase().includes(text);
      const live = session.live.spanOf(slot);
      return live !== null && JSON.stringify(live.attributes).toLowerCase().includes(text);
    },
  };
}
