import { eventNames, own } from '../core/mcp/conventions.js';
import type { Finding } from '../core/protocol.js';
import type { LogRecord } from '../core/trace/model.js';
import { adviceFor } from './findingTexts.js';
import type { Places } from './places.js';
import type { Session } from './session.js';

const maxFindings = 200;
const maxRead = 2_000;

/** What emitters reported by finding logs, gathered by kind, server and text. */
export function listReportedFindings(session: Session, places: Places): Finding[] {
  const found = new Map<string, Finding>();
  const entries = session.logs.ofEvent(eventNames.finding);
  for (const entry of entries.slice(-maxRead)) {
    const log = places.readLog(entry);
    if (!log) continue;
    const server = session.definitions.resource(entry.resource).server;
    const kind = String(log.attributes[own.findingKind] ?? 'unknown');
    const body = bodyText(log);
    const id = `${kind}:${server}:${body.slice(0, 200)}`;
    const known = found.get(id);
    if (known) {
      found.set(id, { ...known, count: known.count + 1 });
      continue;
    }
    if (found.size >= maxFindings) continue;
    const { title, advice } = adviceFor(kind, body);
    found.set(id, {
      id,
      kind,
      severity: log.severityNumber >= 17 ? 'error' : log.severityNumber >= 13 ? 'warning' : 'info',
      title,
      advice,
      server,
      timeNanos: String(log.timeNanos),
      span: entry.span,
      count: 1,
    });
  }
  return [...found.values()];
}

function bodyText(log: LogRecord): string {
  return typeof log.body === 'string' ? log.body : JSON.stringify(log.body);
}
