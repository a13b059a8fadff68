import type { Attributes } from '../../core/trace/model.js';

/** W3C ids: 32 and 16 hex digits. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** A finished span as it waits to be sent; times are ms since the epoch, with fractions. */
export interface SpanRecord extends SpanIds {
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  /** One after the other; an object that is passed again and again is encoded once. */
  readonly attributes: readonly Attributes[];
  readonly events: readonly EventRecord[];
  readonly links: readonly SpanIds[];
  readonly status: { readonly code: number; readonly message: string };
  readonly scope: string;
  readonly scopeVersion: string;
}

export interface EventRecord {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

export interface LogRecord {
  readonly ids: SpanIds | null;
  readonly timeMs: number;
  readonly severity: number;
  readonly eventName: string;
  readonly body: string;
  readonly attributes: Attributes;
}

const originMs = performance.timeOrigin;

/** Wall clock in ms with the resolution of the monotonic one. */
export function nowMs(): number {
  return originMs + performance.now();
}

const bytes = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0'));

/** Ids need to be unique, not secret; no crypto module has to load for them. Never all zeros. */
export function randomHex(digits: 16 | 32): string {
  return digits === 16 ? `${hexOf(1)}${hexOf(0)}` : `${hexOf(1)}${hexOf(0)}${hexOf(0)}${hexOf(0)}`;
}

function hexOf(set: number): string {
  const random = (Math.random() * 0x1_0000_0000) | set;
  return `${bytes[random >>> 24]}${bytes[(random >>> 16) & 255]}${bytes[(random >>> 8) & 255]}${bytes[random & 255]}`;
}
