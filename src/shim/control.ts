/** What the two threads of the shim say to each other beside the bytes. */
import type { Outcome } from '../core/trace/model.js';

/** How the calls of an exchange end that were not answered. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly errorType: string;
  readonly message: string;
}

/** Travels as a record, so that it keeps its place among the bytes. */
export type ControlMessage =
  | {
      readonly type: 'open';
      /** Attributes of every span of this conversation. */
      readonly attributes: Readonly<Record<string, string | number>>;
    }
  | { readonly type: 'attribute'; readonly key: string; readonly value: string }
  | { readonly type: 'finding'; readonly kind: string; readonly detail: string }
  /** The server left of its own accord: a finding, if calls were running. */
  | { readonly type: 'exit'; readonly detail: string }
  /** The header `traceparent` of the request that follows. */
  | { readonly type: 'outer'; readonly traceparent: string }
  /** An HTTP response begins; its bytes follow as `streamBytes`. */
  | {
      readonly type: 'stream';
      readonly stream: number;
      readonly status: number;
      readonly format: 'json' | 'events' | 'other';
      /** `content-encoding`, or ''. */
      readonly encoding: string;
      /** Ids, as spelled, of the requests that this response should answer. */
      readonly ids: readonly string[];
    }
  | {
      readonly type: 'streamEnd';
      readonly stream: number;
      /** For requests that were not answered; null: they may still be, on another stream. */
      readonly settlement: Settlement | null;
    }
  /** These requests got no response at all. */
  | { readonly type: 'settle'; readonly ids: readonly string[]; readonly settlement: Settlement }
  /** Whatever still runs ends now. */
  | ({ readonly type: 'close' } & Settlement);

/** main → telemetry */
export type ToTelemetry =
  | { readonly type: 'block'; readonly bytes: ArrayBuffer; readonly length: number }
  /** Deliver or spool what there is, then say `finished`. */
  | { readonly type: 'finish'; readonly withinMs: number };

/** telemetry → main */
export type FromTelemetry = { readonly type: 'finished' };

export const progressBytes = 24;
/** Of the shared memory read as Int32. */
export const runningSlot = 4;

/** What the telemetry thread is started with. */
export interface TelemetrySetup {
  readonly options: import('./options.js').ShimOptions;
  /**
   * Shared by both threads: bytes of blocks that were read so far (Int64), when traffic last
   * passed (Float64, milliseconds since the epoch), whether a client's call runs (Int32, 0 or 1).
   */
  readonly progress: SharedArrayBuffer;
  readonly target: import('./discovery.js').Target | null;
}
