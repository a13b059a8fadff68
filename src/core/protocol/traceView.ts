/** What the view asks and is told: rows, details, statistics, findings. */
import type {
  Attributes,
  AttributeValue,
  Layer,
  NanosText,
  Outcome,
  SpanRef,
  StatusCode,
} from '../trace/model.js';

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
  /**
   * Without calls of a session that only keep the protocol going (`initialize`, `tools/list` …);
   * one that failed or still runs is shown, and a query finds them all.
   */
  readonly hidesProtocol?: boolean;
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
  /** On MCP rows; `cancelled` also on what failed below a cancelled call because of that. */
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
  /** US dollars of an LLM round, where its span says it; never reckoned from a price list. */
  readonly cost?: number;
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
  /** Calls left out by `ViewSpec.hidesProtocol`. */
  readonly hiddenCalls?: number;
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
  /** Those of `calls` that only keep the protocol going, as `ViewSpec.hidesProtocol` has it. */
  readonly protocolCalls: number;
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
  /** The line that did it, where a hook saw it. */
  readonly place?: { readonly file: string; readonly line: number };
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
  /** `hidesProtocol` as in `ViewSpec`: without those calls where nothing is searched for. */
  'statistics/list': {
    params: { query: string; hidesProtocol?: boolean };
    result: readonly CallStatistics[];
  };
  'findings/list': { params: null; result: readonly Finding[] };
};

/** A request of `TraceRequests` that was answered before it was made. */
export interface AnswerAhead {
  readonly method: keyof TraceRequests;
  readonly params: unknown;
  readonly result: unknown;
}

/** Emitted at most every 50 ms while spans arrive. */
export type TraceEvents = {
  'session/changed': SessionSummary;
};
