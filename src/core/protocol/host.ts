/** Host and trace view: what only the editor can do. */
import type { SpanRef } from '../trace/model.js';
import type { HandlerSource } from './handlers.js';
import type { TraceEvents, TraceRequests } from './traceView.js';

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
  /**
   * Select and scroll to a span, e.g. when opened from the Servers view; `before` is laid beside
   * it: the same call before an edit.
   */
  'view/reveal': { span: SpanRef; before?: SpanRef };
  /** Search for something, or open a pane, e.g. from a lens in the editor. */
  'view/show': { query?: string; pane?: 'findings' | 'statistics' };
  /** Telemetry trouble to show in the view's banner; null clears it. */
  'view/problem': { message: string | null };
};
