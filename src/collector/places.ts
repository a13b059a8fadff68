import { eventNames, own } from '../core/mcp/conventions.js';
import { decodeLogRecord } from '../core/otlp/reviveSpan.js';
import type { CallPlaces, HandlerKind, ReportedPlace } from '../core/protocol.js';
import { readReportedPlace } from '../core/source/reportedPlace.js';
import type { Attributes, LogRecord, SpanRef } from '../core/trace/model.js';
import { layers } from '../core/trace/model.js';
import { flag } from '../core/trace/spanColumns.js';
import type { LogEntry } from './logTable.js';
import type { Session } from './session.js';

const mcpLayers = (['mcp-client', 'wire', 'mcp-server'] as const).map((layer) =>
  layers.indexOf(layer),
);
/** Layers of one call; what stands around it (a run, a round of a model) is handled by nothing. */
const callLayers: ReadonlySet<number> = new Set(
  (['tool', 'mcp-client', 'wire', 'mcp-server'] as const).map((layer) => layers.indexOf(layer)),
);
/** Spans looked at below a call for their `code.*`. */
const maxDescendants = 200;

function lineOf({ file, line, column }: ReportedPlace): string {
  return `${file}:${line}:${column}`;
}

/** What processes reported about where handlers are. */
export class Places {
  constructor(private readonly session: Session) {}

  ofCall(ref: SpanRef): CallPlaces | null {
    const slot = this.session.slotOf(ref);
    if (slot === -1) return null;
    const { columns, names } = this.session.index;
    const method = names.text(columns.method[slot]!);
    const name = names.text(columns.target[slot]!);
    const kind = kindOf(method, name, layers[columns.layer[slot]!] === 'tool');
    const server = this.handlingServer(slot);
    return {
      server: server.name,
      serverCwd: server.cwd,
      kind,
      name,
      spans: this.placesOfSpans(slot),
      measured: kind ? this.ofHandler(server.name, kind, name) : [],
    };
  }

  /**
   * What hooks said about one handler, newest first. A function that stands behind several names
   * is what they all go through (`tool(name, …, callback)` of a server's own): which one it is
   * about is decided inside.
   */
  ofHandler(server: string, kind: HandlerKind, name: string): ReportedPlace[] {
    const found: ReportedPlace[] = [];
    const newestOfOthers = new Map<unknown, string>();
    for (const entry of this.session.logs.ofEvent(eventNames.handler).toReversed()) {
      if (this.session.definitions.resource(entry.resource).server !== server) continue;
      const log = this.readLog(entry);
      if (log?.attributes[own.handlerKind] !== kind) continue;
      const place = this.placeOf(log.attributes, entry.resource, entry.scope, log.timeNanos);
      if (!place) continue;
      const reported = log.attributes[own.handlerName];
      if (reported === name) found.push(place);
      else if (!newestOfOthers.has(reported)) newestOfOthers.set(reported, lineOf(place));
    }
    const shared = new Set(newestOfOthers.values());
    return found.map((place) =>
      place.line > 0 && shared.has(lineOf(place)) ? { ...place, isDispatch: true } : place,
    );
  }

  /** `file:line` of a call's handler as a hook measured it, or ''. */
  shortPlace(slot: number): string {
    const { columns, names } = this.session.index;
    const name = names.text(columns.target[slot]!);
    const kind = kindOf(names.text(columns.method[slot]!), name, false);
    if (!kind || name === '') return '';
    const [place] = this.ofHandler(this.session.serverName(slot), kind, name);
    if (!place) return '';
    const file = place.file.slice(
      Math.max(place.file.lastIndexOf('/'), place.file.lastIndexOf('\\')) + 1,
    );
    return place.line > 0 ? `${file}:${place.line}` : file;
  }

  readLog(entry: LogEntry): LogRecord | null {
    const bytes = this.session.readRecord(entry.chunk, entry.at, entry.length);
    if (!bytes) return null;
    const { definitions } = this.session;
    return decodeLogRecord(
      bytes,
      definitions.resource(entry.resource).attributes,
      definitions.scope(entry.scope),
    );
  }

  /** The server that handled a call: of its wire or server span, where the call has one. */
  private handlingServer(slot: number): { name: string; cwd: string | null } {
    const { columns } = this.session.index;
    let best = slot;
    for (const below of this.descendants(slot)) {
      if (mcpLayers.includes(columns.layer[below]!)) {
        best = below;
        break;
      }
    }
    let cwd: string | null = null;
    const seen = [best, ...this.descendants(best)];
    for (const at of seen) {
      if (columns.resource[at] === -1) continue;
      cwd ??= this.session.definitions.resource(columns.resource[at]!).cwd;
    }
    const name = this.session.serverName(best);
    return { name, cwd: cwd ?? this.cwdOf(name) };
  }

  /** The cwd that any process of a server reported. */
  private cwdOf(server: string): string | null {
    for (const resource of this.session.definitions.servers()) {
      if (resource.server === server && resource.cwd !== null) return resource.cwd;
    }
    return null;
  }

  private placesOfSpans(slot: number): ReportedPlace[] {
    const { columns } = this.session.index;
    const places: ReportedPlace[] = [];
    const below = callLayers.has(columns.layer[slot]!) ? this.descendants(slot) : [];
    for (const at of [slot, ...below]) {
      const span =
        at === slot || mcpLayers.includes(columns.layer[at]!) ? this.session.readSpan(at) : null;
      if (!span) continue;
      const { resource, scope } = columns;
      const place = this.placeOf(span.attributes, resource[at]!, scope[at]!, span.startNanos);
      if (place) places.push(place);
    }
    return places;
  }

  private placeOf(
    attributes: Attributes,
    resource: number,
    scope: number,
    timeNanos: bigint,
  ): ReportedPlace | null {
    return readReportedPlace(attributes, {
      cwd: resource === -1 ? null : this.session.definitions.resource(resource).cwd,
      emitter: this.session.definitions.scope(scope).name,
      timeNanos: String(timeNanos),
    });
  }

  /** Breadth first, so nearest first. */
  private descendants(slot: number): number[] {
    const { columns } = this.session.index;
    const found: number[] = [];
    const open = [slot];
    for (let at = 0; at < open.length && found.length < maxDescendants; at++) {
      for (let child = columns.firstChild[open[at]!]!; child !== -1; child = columns.next[child]!) {
        if (found.length >= maxDescendants) break;
        open.push(child);
        if (columns.flags[child]! & flag.present) found.push(child);
      }
    }
    return found;
  }
}

function kindOf(method: string, name: string, isTool: boolean): HandlerKind | null {
  if (name === '') return null;
  if (method.startsWith('tools/call') || (isTool && method === '')) return 'tool';
  if (method === 'prompts/get') return 'prompt';
  return method === 'resources/read' ? 'resource' : null;
}
