/** What the two threads of the shim say to each other beside the bytes. */
import type { Outcome } from '../core/trace/model.js';

/** Travels as a record, so that it keeps its place among the bytes. */
export type ControlMessage =
  | {
      readonly type: 'open';
      readonly transport: 'pipe' | 'tcp';
      /** Attributes of every span of this conversation. */
      readonly attributes: Readonly<Record<string, string | number>>;
    }
  | { readonly type: 'attribute'; readonly key: string; readonly value: string }
  | { readonly type: 'finding'; readonly kind: string; readonly detail: string }
  /** Whatever still runs ends now. */
  | {
      readonly type: 'close';
      readonly outcome: Outcome;
      readonly errorType: string;
      readonly message: string;
    };

/** main → telemetry */
export type ToTelemetry =
  | { readonly type: 'block'; readonly bytes: ArrayBuffer; readonly length: number }
  /** Deliver or spool what there is, then say `finished`. */
  | { readonly type: 'finish'; readonly withinMs: number };

/** telemetry → main */
export type FromTelemetry = { readonly type: 'finished' };

/** What the telemetry thread is started with. */
export interface TelemetrySetup {
  readonly options: import('./options.js').ShimOptions;
  /** Bytes of blocks that were read so far (one Int64), shared by both threads. */
  readonly progress: SharedArrayBuffer;
  readonly target: import('./discovery.js').Target | null;
}
