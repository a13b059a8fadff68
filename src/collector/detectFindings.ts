import { attr } from '../core/mcp/conventions.js';
import type { Finding } from '../core/protocol.js';
import { shiftOf } from '../core/trace/flatTree.js';
import { layers } from '../core/trace/model.js';
import { flag } from '../core/trace/spanColumns.js';
import { textFor } from './findingTexts.js';
import type { Session } from './session.js';

const wire = layers.indexOf('wire');
const server = layers.indexOf('mcp-server');

interface Evidence {
  readonly kind: string;
  readonly severity: Finding['severity'];
  readonly server: string;
  /** The first span that shows it. */
  slot: number;
  count: number;
  /** Said before the advice. */
  said: string;
}

/** What the spans themselves show, gathered by kind and server. */
export function detectFindings(session: Session): Finding[] {
  const { index } = session;
  const { columns } = index;
  const found = new Map<string, Evidence>();
  const note = (
    kind: string,
    severity: Finding['severity'],
    slot: number,
    said = '',
    name = session.serverName(slot),
  ): void => {
    const known = found.get(`${kind}:${name}`);
    if (known) known.count++;
    else found.set(`${kind}:${name}`, { kind, severity, server: name, slot, count: 1, said });
  };
  /** By server: a tool call on the wire that nothing stands below, and whether any has. */
  const bare = new Map<string, number>();
  const joined = new Set<string>();
  const apart = new Map<string, number[]>();
  const emitters = new Set<number>();
  for (let slot = 0; slot < index.size; slot++) {
    const flags = columns.flags[slot]!;
    if (!(flags & flag.present) || flags & flag.live) continue;
    if (flags & flag.cycle) note('parent_cycle', 'warning', slot);
    const parent = columns.parent[slot]!;
    const layer = columns.layer[slot]!;
    if (!session.definitions.scope(columns.scope[slot]!).name.startsWith('spanpath.')) {
      emitters.add(columns.resource[slot]!);
    }
    const hasParent = parent !== -1 && (columns.flags[parent]! & flag.present) !== 0;
    if (hasParent && shiftOf(index, parent, slot, 0) !== 0) {
      const shift = shiftOf(index, parent, slot, 0);
      note('clock_skew', 'warning', slot, `It is about ${describeShift(-shift)}.`);
    }
    if (layer === wire) noteWire(slot);
    else if (layer === server && columns.target[slot] !== 0) {
      const name = session.serverName(slot);
      if (hasParent) joined.add(name);
      else apart.set(name, [...(apart.get(name) ?? []).slice(-99), slot]);
    }
  }
  function noteWire(slot: number): void {
    const name = session.serverName(slot);
    const parent = columns.parent[slot]!;
    if (parent !== -1 && !(columns.flags[parent]! & flag.present)) {
      note('parent_elsewhere', 'info', slot);
    }
    if (columns.target[slot] === 0) return;
    if (columns.firstChild[slot] === -1) bare.set(name, slot);
    else joined.add(name);
  }
  for (const [name, slot] of bare) {
    const own = apart.get(name) ?? apartInTime(session, apart, slot);
    if (own) note('broken_propagation', 'warning', own[0]!, causeOf(session, own[0]!), name);
    else if (!joined.has(name)) note('missing_instrumentation', 'info', slot, '', name);
  }
  noteSecondProviders(session, emitters, note);
  const findings = [...found.values()].map((evidence) => toFinding(session, evidence));
  const { rejected } = session;
  if (rejected.count > 0) {
    findings.push({
      id: 'rejected_records',
      kind: 'rejected_records',
      severity: 'warning',
      title: textFor('rejected_records').title,
      advice: `${rejected.firstReason}\n${textFor('rejected_records').advice}`,
      server: '',
      timeNanos: String(index.originNanos),
      span: null,
      count: rejected.count,
    });
  }
  return findings;
}

/** A server may call itself otherwise than it is configured: then time tells whose span it is. */
function apartInTime(
  session: Session,
  apart: ReadonlyMap<string, number[]>,
  wireSlot: number,
): number[] | null {
  const { index } = session;
  const { columns } = index;
  const start = index.startOf(wireSlot);
  const end = start + columns.duration[wireSlot]!;
  for (const slots of apart.values()) {
    const inside = slots.filter((slot) => {
      const from = index.startOf(slot);
      const isSameTool = columns.target[slot] === columns.target[wireSlot];
      return isSameTool && from >= start && from + columns.duration[slot]! <= end;
    });
    if (inside.length > 0) return inside;
  }
  return null;
}

/** Why a server's span did not continue the wire's trace, as far as its emitter tells. */
function causeOf(session: Session, slot: number): string {
  const { columns } = session.index;
  const scope = session.definitions.scope(columns.scope[slot]!).name;
  if (columns.parent[slot] !== -1) {
    return `${scope || 'The server'} continues another span: one that was open in the process already wins over the trace context of the message.`;
  }
  if (scope === 'fastmcp') return 'fastmcp lets an open span of the process win over the message.';
  if (/logfire|openinference|traceloop/i.test(scope)) {
    return `${scope} takes the trace context from the transport, not from params._meta.`;
  }
  return `${scope || 'The server'} does not read the trace context of params._meta.`;
}

/** Two resources of one process that both emit: each provider has its own. */
function noteSecondProviders(
  session: Session,
  emitters: ReadonlySet<number>,
  note: (
    kind: string,
    severity: Finding['severity'],
    slot: number,
    said: string,
    name: string,
  ) => void,
): void {
  const byProcess = new Map<string, Set<string>>();
  for (const id of emitters) {
    const { attributes, server: name } = session.definitions.resource(id);
    const pid = attributes[attr.processPid];
    if (pid === undefined) continue;
    const key = `${String(attributes['host.name'] ?? '')}:${String(pid)}`;
    const names = byProcess.get(key) ?? new Set();
    byProcess.set(key, names);
    names.add(String(attributes[attr.serviceName] ?? ''));
    if (names.size === 2) {
      const said = `Process ${String(pid)} reports as ${[...names].join(' and ')}.`;
      note('second_provider', 'warning', -1, said, name);
    }
  }
}

function toFinding(session: Session, evidence: Evidence): Finding {
  const { kind, severity, server: name, slot, count, said } = evidence;
  const { title, advice } = textFor(kind);
  const { index } = session;
  const at = slot === -1 ? 0 : Math.round(index.startOf(slot));
  return {
    id: `${kind}:${name}`,
    kind,
    severity,
    title,
    advice: said === '' ? advice : `${said}\n${advice}`,
    server: name,
    timeNanos: String(index.originNanos + BigInt(at)),
    span: slot === -1 ? null : index.refOf(slot),
    count,
  };
}

function describeShift(nanos: number): string {
  const millis = Math.abs(nanos) / 1e6;
  const size = millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toPrecision(3)} s`;
  return `${size} ${nanos > 0 ? 'ahead' : 'behind'}`;
}
