/** What a shim tells while calls run. */
import type { Attributes, NanosText, Outcome, SpanRef } from '../trace/model.js';

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
