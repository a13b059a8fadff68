/**
 * Every message that crosses a process: shim → collector, host ↔ collector, host ↔ webview,
 * host ↔ indexer. One file, so that both ends of each line agree by type.
 */
import type {
  Attributes,
  AttributeValue,
  Layer,
  NanosText,
  Outcome,
  SpanRef,
  StatusCode,
} from './trace/model.js';

// ── shim → collector: the live channel (`GET /live`, WebSocket, one JSON message a frame) ──

export interface ServerIdentity {
  /** The configured name (`spanpath.server.name`). */
  readonly name: string;
  readonly transport: 'stdio' | 'http';
  /** Process id of the shim. */
  readonly pid: number;
  /** Working directory of the server; relative `code.*` paths start there. */
  readonly cwd: string;
}

export type LiveMessage =
  | { readonly type: 'hello'; readonly server: ServerIdentity }
  | {
      readonly type: 'callStarted';
      readonly span: SpanRef;
      readonly parentSpanId?: string;
      readonly name: string;
      readonly kind: number;
      readonly startNanos: NanosText;
      readonly attributes: Attributes;
    }
  | {
      /** Progress, a log notification, "waiting for input": what happens inside a running call. */
      readonly type: 'callEvent';
      readonly span: SpanRef;
      readonly name: string;
      readonly timeNanos: NanosText;
      readonly attributes: Attributes;
    }
  /** The finished span follows by OTLP; this only stops the bar. */
  | {
      readonly type: 'callEnded';
      readonly span: SpanRef;
      readonly endNanos: NanosText;
      readonly outcome: Outcome;
    };

// ── what the view asks: rows of a waterfall ──

/** What is on screen, apart from the scroll position. Stateless: the collector keeps nothing. */
export interface ViewSpec {
  /** The query language of `core/trace/query`; '' shows everything. */
  readonly query: string;
  readonly scope:
    | { readonly kind: 'session' }
    | { readonly kind: 'trace'; readonly traceId: string }
    /** One call and what is below it. */
    | { readonly kind: 'span'; readonly traceId: string; readonly spanId: string };
  /** What root rows are gathered under; absent or `time`: nothing, calls in order of time. */
  readonly groupBy?: GroupBy;
  /** Times as reported; otherwise clocks of other processes are repaired by nesting. */
  readonly rawTimes?: boolean;
  /** Layers that the user switched off. */
  readonly hiddenLayers: readonly Layer[];
  /** Rows open or closed unless toggled. */
  readonly expandedByDefault: boolean;
  /** Ids (`SpanRow.id`) whose fold differs from the default. */
  readonly toggled: readonly string[];
}

/** `run`: the outermost workflow or agent span of the trace. */
export type GroupBy = 'time' | 'server' | 'tool' | 'trace' | 'run';

/** One row of the waterfall, ready to paint. Times are ns after `RowsPage.originNanos`. */
export interface SpanRow {
  /** `traceId:spanId`, stable across pages, reloads and late parents. */
  readonly id: string;
  readonly traceId: string;
  readonly spanId: string;
  /** 0 for a root row. */
  readonly depth: number;
  readonly descendants: number;
  readonly expanded: boolean;
  /** A placeholder stands for a parent that never arrived. */
  readonly placeholder: boolean;
  readonly layer: Layer;
  /** Tool, method or span name. */
  readonly name: string;
  /** Arguments in short, `file:line`, HTTP status …; '' when there is nothing to add. */
  readonly detail: string;
  /** Configured server name or `service.name`; chooses the colour. */
  readonly server: string;
  readonly start: number;
  /** `null` while the call runs. */
  readonly duration: number | null;
  readonly status: StatusCode;
  /** On MCP rows only. */
  readonly outcome: Outcome | null;
  /** What the bar is made of, in order of time; empty means one plain bar. */
  readonly parts: readonly TimePart[];
  /** Offsets of events and logs, ns after the origin. */
  readonly marks: readonly number[];
  /** On the slowest chain of its root. */
  readonly critical: boolean;
  /**
   * Only on the header row of a group (`ViewSpec.groupBy`): its id is `group:KEY`, its name the
   * key, its bar reaches from the first to the last call; calls and their spans stand below it.
   */
  readonly group?: { readonly calls: number; readonly errors: number };
  /** MCP method, on MCP rows. */
  readonly method?: string;
  /** OTLP span kind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind?: number;
  /** ns that were added to the start because the clock of its process is off; absent when 0. */
  readonly skew?: number;
  /** On LLM rows, where they are known. */
  readonly tokens?: { readonly input: number; readonly output: number };
}

export interface TimePart {
  readonly kind: 'wait' | 'wire' | 'server' | 'handler' | 'children' | 'gap';
  readonly start: number;
  readonly duration: number;
}

export interface RowsPage {
  /** Grows with every change of the store. */
  readonly revision: number;
  readonly total: number;
  readonly from: number;
  readonly originNanos: NanosText;
  /** Extent of all rows that match, ns after the origin; `end` counts running calls up to now. */
  readonly start: number;
  readonly end: number;
  readonly rows: readonly SpanRow[];
  /** Ancestors of the first row, outermost first, for sticky headers. */
  readonly ancestors: readonly SpanRow[];
  /** Why the query could not be understood, with the place. */
  readonly queryError: {
    readonly message: string;
    readonly from: number;
    readonly to: number;
  } | null;
}

/** Density of the session in equal buckets of time. */
export interface Overview {
  readonly originNanos: NanosText;
  readonly start: number;
  readonly end: number;
  readonly counts: readonly number[];
  readonly errors: readonly number[];
}

export interface SessionSummary {
  readonly revision: number;
  readonly spans: number;
  readonly calls: number;
  readonly errors: number;
  readonly running: number;
  readonly servers: readonly string[];
  readonly storeProblem: string | null;
}

export interface WireMessage {
  readonly direction: 'client-to-server' | 'server-to-client';
  readonly timeNanos: NanosText;
  readonly body: string;
  readonly bytes: number;
  /** The body was cut or left out because of its size. */
  readonly truncated: boolean;
}

export interface SpanDetails {
  readonly row: SpanRow;
  readonly originNanos: NanosText;
  readonly spanName: string;
  readonly kind: number;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
  /** JSON text as it was on the wire, or null. */
  readonly argumentsText: string | null;
  readonly resultText: string | null;
  readonly events: readonly {
    readonly name: string;
    readonly timeNanos: NanosText;
    readonly attributes: Attributes;
  }[];
  readonly links: readonly SpanRef[];
  readonly logs: readonly {
    readonly timeNanos: NanosText;
    readonly severityText: string;
    readonly body: AttributeValue;
    readonly attributes: Attributes;
  }[];
  readonly exception: {
    readonly type: string;
    readonly message: string;
    readonly stack: string;
  } | null;
  readonly wire: readonly WireMessage[];
  readonly timing: readonly {
    readonly label: string;
    readonly start: number;
    readonly duration: number;
  }[];
  /** Emitters folded into this row, e.g. `shim`, `mcp-python-sdk`. */
  readonly sources: readonly string[];
  /** Configured cwd of the server process, for relative `code.*` paths. */
  readonly serverCwd: string | null;
}

/** The calls of one tool (or prompt, resource, model) of one server. Times in ns. */
export interface CallStatistics {
  readonly server: string;
  readonly name: string;
  readonly layer: Layer;
  readonly calls: number;
  readonly errors: number;
  readonly running: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly total: number;
  /** Finished calls by duration: bucket i holds those below `10 µs × 2^i`, the last all others. */
  readonly histogram: readonly number[];
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** US dollars, where a span says it. */
  readonly cost: number | null;
}

/** Something wrong with the telemetry itself, or with how the server speaks. */
export interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  /** What it means and what to do. */
  readonly advice: string;
  readonly server: string;
  readonly timeNanos: NanosText;
  readonly span: SpanRef | null;
  readonly count: number;
}

/** Requests that read the store; the webview's pass through the host unchanged. */
export type TraceRequests = {
  'session/summary': { params: null; result: SessionSummary };
  /** `from` below zero asks for the last `count` rows. */
  'rows/list': { params: { spec: ViewSpec; from: number; count: number }; result: RowsPage };
  /** Index of a row under `spec`, or null when it is folded away or filtered out. */
  'rows/locate': { params: { spec: ViewSpec; span: SpanRef }; result: { index: number | null } };
  'overview/list': { params: { spec: ViewSpec; buckets: number }; result: Overview };
  /**
   * The nearest row after `from` (before it when `backwards`) that itself matches the query
   * `matching`, folded or not by `spec`: an error below a closed row is answered with the ids to
   * unfold, outermost first. Null when there is none; it does not wrap around.
   */
  'rows/next': {
    params: { spec: ViewSpec; from: number; backwards: boolean; matching: string };
    result: { span: SpanRef; unfold: readonly string[] } | null;
  };
  'span/details': { params: SpanRef; result: SpanDetails | null };
  /** Calls gathered by server and name; the query as in `ViewSpec`. */
  'statistics/list': { params: { query: string }; result: readonly CallStatistics[] };
  'findings/list': { params: null; result: readonly Finding[] };
};

/** Emitted at most every 50 ms while spans arrive. */
export type TraceEvents = {
  'session/changed': SessionSummary;
};

// ── host ↔ collector (worker thread) ──

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
  /** Start of the first span, to show it; null when there were none. */
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

// ── handlers: from a span to source ──

export type HandlerKind = 'tool' | 'prompt' | 'resource';
/** How sure we are, best first; the values of `spanpath.handler.source`. */
export type HandlerSource = 'measured' | 'indexed' | 'guessed';

/** One registration found in a source tree. Line and column count from 1. */
export interface HandlerPlace {
  readonly kind: HandlerKind;
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly language: string;
  /** The pattern that matched, e.g. `registerTool`, `@mcp.tool`. */
  readonly how: string;
  /** Of a resource: its URI or URI template, where that is not the name. */
  readonly uri?: string;
  /** The registration is certain, the function behind it could not be followed. */
  readonly isRegistration?: boolean;
}

/** Given to the indexer worker as `workerData`. */
export interface IndexerOptions {
  /** Folder of the `tree-sitter*.wasm` files. */
  readonly grammarDir: string;
  /** Where facts about unchanged files are kept between sessions, or null. */
  readonly cacheDir: string | null;
}

export type IndexerRequests = {
  'index/open': { params: { folders: readonly string[] }; result: null };
  /** Paths that were created, changed or deleted. */
  'index/update': { params: { files: readonly string[] }; result: null };
  'index/find': { params: { kind: HandlerKind; name: string }; result: readonly HandlerPlace[] };
  'index/list': { params: null; result: readonly HandlerPlace[] };
};

export type IndexerEvents = {
  'index/progress': { done: number; total: number; handlers: number };
};

// ── host ↔ webview ──

/** The handler of a call, as details show it. */
export interface HandlerInfo {
  readonly source: HandlerSource;
  /** Path as shown: relative to its workspace folder where it can be. */
  readonly label: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly how: string;
  /** A few lines around the handler; `firstLine` counts from 1. */
  readonly snippet: { readonly firstLine: number; readonly lines: readonly string[] } | null;
  /** How many candidates there are when it is not certain. */
  readonly candidates: number;
}

export type HostRequests = TraceRequests & {
  /** Opens the handler beside the view; `reason` says what was looked for when nothing opened. */
  'handler/open': { params: SpanRef; result: { opened: boolean; reason: string | null } };
  'handler/resolve': { params: SpanRef; result: HandlerInfo | null };
  /** A frame of a stack or any `file:line` the user clicked. */
  'source/open': {
    params: { span: SpanRef; file: string; line: number; column: number };
    result: { opened: boolean; reason: string | null };
  };
  'clipboard/write': { params: { text: string }; result: null };
  /** Opens text read-only in an editor of its own, e.g. a result of 5 MB. */
  'text/open': { params: { title: string; text: string; language: string }; result: null };
  /** Opens the editor's own diff of two texts. */
  'text/diff': {
    params: {
      title: string;
      language: string;
      left: { title: string; text: string };
      right: { title: string; text: string };
    };
    result: null;
  };
  /** Opens an http or https address after asking; anything else is refused. */
  'link/open': { params: { url: string }; result: null };
  'command/run': {
    params: {
      command: 'replay' | 'startServer' | 'showServers' | 'clear' | 'export' | 'import';
      span: SpanRef | null;
    };
    result: null;
  };
};

export type HostEvents = TraceEvents & {
  /** Select and scroll to a span, e.g. when opened from the Servers view. */
  'view/reveal': { span: SpanRef };
  /** Search for something, or open a pane, e.g. from a lens in the editor. */
  'view/show': { query?: string; pane?: 'findings' | 'statistics' };
  /** Telemetry trouble to show in the view's banner; null clears it. */
  'view/problem': { message: string | null };
};

// ── host ↔ call form ──

/** What the form is about. Prompts and resource templates get a schema made from their arguments. */
export interface CallSubject {
  /** Stable for one tool of one server; the last values are remembered under it. */
  readonly id: string;
  readonly server: string;
  readonly kind: HandlerKind;
  /** Tool or prompt name, resource URI or template. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly schema: { readonly [key: string]: unknown };
  /** Arguments as JSON text: what was sent last, or the call that is replayed; null at first. */
  readonly lastArguments: string | null;
  /** Call at once: a replay. */
  readonly callNow?: boolean;
  /** Said above the button, e.g. that values of a replayed call were hidden when it was recorded. */
  readonly note?: string;
}

/** How a call of the form ended. */
export interface CallResult {
  /** As the server sent it; null when it answered with an error or not at all. */
  readonly result: { readonly [key: string]: unknown } | null;
  readonly error: { readonly code: number | null; readonly message: string } | null;
  readonly cancelled: boolean;
  readonly milliseconds: number;
}

export type FormRequests = {
  /** The page is ready; answers what to show, or null. */
  'form/subject': { params: null; result: CallSubject | null };
  'form/call': { params: { id: string; arguments: string }; result: CallResult };
  'form/cancel': { params: null; result: null };
  /** Remembers arguments that were not sent yet. */
  'form/keep': { params: { id: string; arguments: string }; result: null };
  'form/openHandler': { params: { id: string }; result: null };
  'form/pick': { params: null; result: null };
  /** Selects the last call of the form in the trace view. */
  'form/showTrace': { params: null; result: null };
  'clipboard/write': HostRequests['clipboard/write'];
  'text/open': HostRequests['text/open'];
  'link/open': HostRequests['link/open'];
};

export type FormEvents = {
  'form/show': CallSubject;
  'call/progress': { progress: number; total: number | null; message: string };
  /** The server of the form started, stopped or failed; null reason while it runs. */
  'server/state': { running: boolean; text: string };
};
