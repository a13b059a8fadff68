/** Host and collector (a worker thread): places, files in and out, ports, forwarding. */
import type { NanosText, SpanRef } from '../trace/model.js';
import type { HandlerKind } from './handlers.js';
import type { ServerIdentity } from './live.js';
import type { TraceEvents, TraceRequests } from './traceView.js';

/** A place as a process reported it, by `code.*` on a span or by a hook's log. */
export interface ReportedPlace {
  /** As reported: absolute, relative to `cwd`, a `file://` URL or a path inside a container. */
  readonly file: string;
  /** Counts from 1; 0 when it was not reported, as is `column`. */
  readonly line: number;
  readonly column: number;
  /** `code.function.name`; '' when it was not reported. */
  readonly functionName: string;
  /** The function answers many names and chooses inside: the index may know the exact case. */
  readonly isDispatch: boolean;
  /** The line's own text when it was reported, to follow it in a changed file; '' when unknown. */
  readonly text: string;
  /** Working directory of the process that reported it. */
  readonly cwd: string | null;
  /** Instrumentation scope that reported it. */
  readonly emitter: string;
  readonly timeNanos: NanosText;
}

/** What is known about the handler of a call without reading any source. */
export interface CallPlaces {
  readonly server: string;
  readonly serverCwd: string | null;
  /** Null for a span that no handler stands behind (`tools/list`, `initialize` …). */
  readonly kind: HandlerKind | null;
  /** Tool or prompt name, or resource URI. */
  readonly name: string;
  /** `code.*` of the span itself, then of its MCP descendants, nearest first. */
  readonly spans: readonly ReportedPlace[];
  /** What hooks said about this handler, newest first. */
  readonly measured: readonly ReportedPlace[];
}

/** Another OTLP/HTTP endpoint that gets a copy of what arrives. */
export interface ForwardTarget {
  /** Base (`http://host:4318`), or the address of one signal, ending in `/v1/traces` and such. */
  readonly url: string;
  /** e.g. `authorization`; sent as they are, never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'protobuf' | 'json';
  readonly gzip: boolean;
}

/** How a target does. Counts are of spans, log records and metrics since the start. */
export interface ForwardStatus {
  /** Without what may be secret in it: user, password, query. */
  readonly url: string;
  readonly state: 'idle' | 'sending' | 'waiting';
  readonly sent: number;
  /** Refused by the target: a bad request, or the rejected part of a good one. */
  readonly refused: number;
  /** Given up because the queue was full. */
  readonly dropped: number;
  readonly queuedRequests: number;
  readonly queuedBytes: number;
  /** Why the last attempt failed; null when it did not. */
  readonly problem: string | null;
}

/** What a collector has beside its own port, switched on and off while it runs. */
export interface CollectorOutlets {
  /** Well-known ports (4318, 4317), open to anyone on this machine; null: not wanted. */
  readonly httpPort: number | null;
  readonly grpcPort: number | null;
  readonly forward: readonly ForwardTarget[];
}

/** A well-known port that was asked for. While another has it, it is tried again and again. */
export interface PortStatus {
  readonly protocol: 'http' | 'grpc';
  readonly port: number;
  readonly owned: boolean;
  /** Who has it, as far as it is known; null while it is ours. */
  readonly owner: { readonly workspace: string | null; readonly pid: number | null } | null;
  /** Why it is not ours and what that means, for the user. */
  readonly problem: string | null;
}

export interface CollectorStatus {
  readonly endpoint: string;
  /** gRPC beside the own port, with its token; null when it is off. */
  readonly grpcEndpoint: string | null;
  readonly ports: readonly PortStatus[];
  readonly forward: readonly ForwardStatus[];
}

export const exportFormats = ['otlp-json', 'jsonl', 'chrome', 'html'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What came of an import. `problems` are texts such as `line 12: traceId is zero`. */
export interface ImportResult {
  readonly spans: number;
  readonly logs: number;
  readonly metrics: number;
  /** Records and lines that could not be read; `problems` names the first ones. */
  readonly rejected: number;
  readonly problems: readonly string[];
  /** The first span, to show it, messages of the protocol only when there is nothing else. */
  readonly firstSpan: SpanRef | null;
}

export type CollectorRequests = TraceRequests & {
  'collector/status': { params: null; result: CollectorStatus };
  'collector/configure': { params: CollectorOutlets; result: CollectorStatus };
  /** Reads a file of telemetry into the session; `id` names it for progress and cancelling. */
  'session/import': { params: { id: string; path: string }; result: ImportResult };
  /**
   * Writes a file: all, one trace, or what a query finds with what is above and below it. The file
   * appears whole or not at all.
   */
  'session/export': {
    params: {
      id: string;
      path: string;
      format: ExportFormat;
      traceId: string | null;
      query: string;
    };
    result: { spans: number; bytes: number };
  };
  /** Ends a running import or export; its request fails with "cancelled". */
  'transfer/cancel': { params: { id: string }; result: null };
  'call/places': { params: SpanRef; result: CallPlaces | null };
  'handler/places': {
    params: { server: string; kind: HandlerKind; name: string };
    result: readonly ReportedPlace[];
  };
  'session/clear': { params: null; result: null };
  'collector/stop': { params: null; result: null };
};

export type CollectorEvents = TraceEvents & {
  /** The first call of a server since the collector started. */
  'call/started': { span: SpanRef; server: string; name: string };
  'server/connected': ServerIdentity;
  'server/disconnected': ServerIdentity;
  'collector/problem': { message: string };
  /** A port was won or lost, or a forward target changed its state; at most once a second. */
  'collector/status': CollectorStatus;
  /** Progress of a running import or export, as a part of 1; null while it is not known. */
  'transfer/progress': { id: string; part: number | null };
};

/** Given to the worker as `workerData`. */
export interface CollectorOptions {
  /** Path of the SQLite file, or null for memory only. */
  readonly dbPath: string | null;
  readonly token: string;
  /** Where a shim without `--endpoint` finds this collector (a discovery file is written here), or null. */
  readonly discoveryDir: string | null;
  readonly workspace: string | null;
  /** Further folders of the same window, whose shims find this collector too. */
  readonly folders?: readonly string[];
  /** Wanted again after a crash, so that running shims find the new collector; any other when taken. */
  readonly port?: number;
  /** Wanted from the start; later ones by `collector/configure`. */
  readonly outlets?: CollectorOutlets;
}

/** The worker's first message. */
export interface CollectorReady {
  readonly type: 'ready';
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
}
