import { decodeText } from '../core/otlp/text.js';
import type { QuerySource } from '../core/trace/queryCompile.js';
import type { Session } from './session.js';

/** What queries ask beyond the index, read from the store. */
export function createQuerySource(session: Session): QuerySource {
  const { index, definitions } = session;
  return {
    index,
    serverName: (slot) => session.serverName(slot),
    scopeName: (slot) => definitions.scope(index.columns.scope[slot]!).name,
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
      const bytes = session.readBytes(slot);
      // Every text of a span is UTF-8 in its bytes, so one look finds it wherever it stands.
      if (bytes) return decodeText(bytes, 0, bytes.length).toLowerCase().includes(text);
      const live = session.live.spanOf(slot);
      return live !== null && JSON.stringify(live.attributes).toLowerCase().includes(text);
    },
  };
}
