import { attr, eventNames, own } from '../core/mcp/conventions.js';
import type { Finding } from '../core/protocol.js';
import type { LogRecord } from '../core/trace/model.js';
import { detectFindings } from './detectFindings.js';
import { textFor } from './findingTexts.js';
import type { Places } from './places.js';
import type { Session } from './session.js';

const maxFindings = 200;
const maxRead = 2_000;
/** The view asks with every change; looking takes at most one part in so many of the time. */
const share = 20;

/** What is wrong with the telemetry, or with how a server speaks: reported and detected. */
export class Findings {
  private last: readonly Finding[] = [];
  private revision = -1;
  private notBefore = 0;

  constructor(
    private readonly session: Session,
    private readonly places: Places,
  ) {}

  list(): readonly Finding[] {
    const { revision } = this.session.index;
    const now = performance.now();
    if (revision !== this.revision && now >= this.notBefore) {
      this.last = [...listReported(this.session, this.places), ...detectFindings(this.session)];
      this.revision = revision;
      const done = performance.now();
      this.notBefore = done + (done - now) * share;
    }
    return this.last;
  }
}

/** What emitters reported by logs, gathered by kind, server and text. */
function listReported(session: Session, places: Places): Finding[] {
  const found = new Map<string, Finding>();
  for (const entry of session.logs.ofEvent(eventNames.finding).slice(-maxRead)) {
    const log = places.readLog(entry);
    if (!log) continue;
    const server = session.definitions.resource(entry.resource).server;
    const kind = String(log.attributes[own.findingKind] ?? 'unknown');
    const said = bodyOf(log);
    // A hook inside the server and the shim outside see the same line; only the hook its place.
    const id = `${kind}:${server}:${said.slice(0, 200).trim()}`;
    const place = placeOf(log);
    const known = found.get(id);
    if (known && (known.place || !place)) {
      const isOther = !place && known.place !== undefined;
      found.set(id, { ...known, count: known.count + (isOther ? 0 : 1) });
      continue;
    }
    if (!known && found.size >= maxFindings) continue;
    const { title, advice } = textFor(kind);
    found.set(id, {
      id,
      kind,
      severity: severityOf(log.severityNumber),
      title,
      advice: [said.slice(0, 500), place && `Printed at ${place.file}:${place.line}.`, advice]
        .filter(Boolean)
        .join('\n'),
      server,
      timeNanos: String(log.timeNanos),
      span: entry.span,
      count: 1,
      ...(place && { place }),
    });
  }
  return [...found.values()];
}

function severityOf(number: number): Finding['severity'] {
  if (number >= 17) return 'error';
  return number >= 13 ? 'warning' : 'info';
}

function placeOf(log: LogRecord): Finding['place'] {
  const file = log.attributes[attr.codeFilePath];
  const line = Number(log.attributes[attr.codeLine] ?? 1);
  return typeof file === 'string' && Number.isInteger(line) ? { file, line } : undefined;
}

function bodyOf(log: LogRecord): string {
  return typeof log.body === 'string' ? log.body : JSON.stringify(log.body ?? '');
}
