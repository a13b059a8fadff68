import type { Attributes } from '../../core/trace/model.js';
import { WallClock } from '../../core/wallClock.js';

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

const clock = new WallClock(performance.timeOrigin);
/** As they were before the server, or a test of it, could put others in their place. */
const timeOfDay = Date.now;
const monotonic = performance.now.bind(performance);

/** Wall clock in ms with the resolution of the monotonic one. */
export function nowMs(): number {
  return clock.offset + monotonic();
}

/** A reading of `performance.now` as wall clock. */
export function wallMs(reading: number): number {
  return clock.offset + reading;
}

/** Looks how far the clocks are apart: now and then, since a machine may have slept. */
export function setClock(): void {
  clock.compare(monotonic(), timeOfDay(), monotonic());
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
