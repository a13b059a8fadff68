import type { Attributes, AttributeValue } from '../../core/trace/model.js';
import { exceptionEvent } from './errors.js';
import { type EventRecord, nowMs, randomHex, type SpanIds, wallMs } from './records.js';
import type { Telemetry } from './telemetry.js';

/** The API's `TimeInput`: `[seconds, nanoseconds]`, ms since the epoch or since start, or a Date. */
type TimeInput = readonly [number, number] | number | Date | undefined;

export interface SpanOptions {
  readonly kind?: number;
  readonly attributes?: Attributes;
  readonly links?: readonly { readonly context: SpanIds }[];
  readonly startTime?: TimeInput;
  readonly root?: boolean;
}

const maxAttributes = 128;
const maxEvents = 128;

/** A span as `@opentelemetry/api` specifies it, sent when it ends. */
export class ApiSpan {
  private readonly ids: SpanIds;
  private readonly startMs: number;
  private readonly attributes: Record<string, AttributeValue> = {};
  private readonly events: EventRecord[] = [];
  private readonly links: SpanIds[] = [];
  private status = { code: 0, message: '' };
  private ended = false;

  constructor(
    private readonly telemetry: Telemetry,
    private readonly scope: { readonly name: string; readonly version: string },
    private name: string,
    private readonly options: SpanOptions,
    private readonly parent: SpanIds | null,
  ) {
    this.ids = { traceId: parent?.traceId ?? randomHex(32), spanId: randomHex(16) };
    this.startMs = toMs(options.startTime);
    this.setAttributes(options.attributes ?? {});
    this.addLinks(options.links ?? []);
  }

  spanContext(): SpanIds & { traceFlags: number } {
    return { ...this.ids, traceFlags: 1 };
  }

  setAttribute(key: string, value: AttributeValue): this {
    const isKnown = Object.hasOwn(this.attributes, key);
    if (this.ended || (!isKnown && Object.keys(this.attributes).length >= maxAttributes))
      return this;
    Object.defineProperty(this.attributes, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended || this.events.length >= maxEvents) return this;
    const isTime =
      typeof attributesOrTime === 'number' ||
      attributesOrTime instanceof Date ||
      Array.isArray(attributesOrTime);
    const attributes = isTime ? {} : ((attributesOrTime ?? {}) as Attributes);
    this.events.push({
      name,
      attributes,
      timeMs: toMs(isTime ? (attributesOrTime as TimeInput) : time),
    });
    return this;
  }

  addLink(link: { readonly context: SpanIds }): this {
    if (!this.ended)
      this.links.push({ traceId: link.context.traceId, spanId: link.context.spanId });
    return this;
  }

  addLinks(links: readonly { readonly context: SpanIds }[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: { readonly code: number; readonly message?: string }): this {
    if (!this.ended) this.status = { code: status.code, message: status.message ?? '' };
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = name;
    return this;
  }

  recordException(error: unknown, time?: TimeInput): void {
    if (!this.ended && this.events.length < maxEvents)
      this.events.push(exceptionEvent(error, toMs(time)));
  }

  isRecording(): boolean {
    return !this.ended;
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return;
    this.ended = true;
    const endMs = Math.max(toMs(endTime), this.startMs);
    this.telemetry.addSpan(() => ({
      ...this.ids,
      parentSpanId: this.parent?.spanId ?? '',
      name: this.name,
      // The API counts kinds from 0 for internal, OTLP from 1.
      kind: (this.options.kind ?? 0) + 1,
      startMs: this.startMs,
      endMs,
      attributes: [this.attributes],
      events: this.events,
      links: this.links,
      status: this.status,
      scope: this.scope.name,
      scopeVersion: this.scope.version,
    }));
  }
}

function toMs(time: TimeInput): number {
  if (time === undefined) return nowMs();
  if (time instanceof Date) return time.getTime();
  if (typeof time === 'object') return time[0] * 1000 + time[1] / 1e6;
  return time < performance.timeOrigin ? wallMs(time) : time;
}
