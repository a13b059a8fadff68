/** A request that waits for its answer, and the span it becomes. */
import type {
  Attributes,
  AttributeValue,
  Nanos,
  Outcome,
  Span,
  SpanEvent,
  SpanLink,
  SpanRef,
} from '../trace/model.js';
import { attr, eventNames, own, scopes } from './conventions.js';
import type { Verdict } from './outcomes.js';

export type Direction = 'client-to-server' | 'server-to-client';

/** One JSON-RPC message as it is kept. */
export interface KeptMessage {
  readonly direction: Direction;
  /** What may be shown of the text, already redacted; null when nothing may. */
  readonly body: string | null;
  /** Size on the wire. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/** More events than this of one call are counted, not kept. */
const maxEvents = 256;

export class OpenCall {
  readonly attributes: Record<string, AttributeValue>;
  readonly events: SpanEvent[] = [];
  /** As spelled in `params._meta`. */
  progressToken: string | null = null;
  droppedEvents = 0;
  readonly links: SpanLink[] = [];
  /** Requests that this call took; more than one when the server wanted input. */
  attempts = 1;

  constructor(
    readonly ref: SpanRef,
    readonly parentSpanId: string | null,
    readonly name: string,
    readonly method: string,
    /** Tool, prompt or URI; '' where there is none. */
    readonly target: string,
    readonly direction: Direction,
    readonly startNanos: Nanos,
    attributes: Attributes,
  ) {
    this.attributes = { ...attributes };
  }

  /** There is room for no more messages; those that come are to be counted. */
  get isFull(): boolean {
    return this.events.length >= maxEvents;
  }

  /** The event that shows the message, or null past the cap. */
  addMessage(message: KeptMessage, timeNanos: Nanos): SpanEvent | null {
    const attributes: Record<string, AttributeValue> = {
      [own.messageDirection]: message.direction,
      [own.messageBytes]: message.bytes,
    };
    if (message.body !== null) attributes[own.messageBody] = message.body;
    if (message.truncated) attributes[own.messageTruncated] = true;
    if (this.isFull) {
      this.droppedEvents++;
      return null;
    }
    return this.addEvent(eventNames.message, timeNanos, attributes);
  }

  addEvent(name: string, timeNanos: Nanos, attributes: Attributes = {}): SpanEvent {
    const event: SpanEvent = { name, timeNanos, attributes };
    this.events.push(event);
    return event;
  }

  /** The finished span; kind CLIENT, since the shim stands on the initiator's side of the wire. */
  finish(verdict: Verdict, endNanos: Nanos, resource: Attributes, version: string): Span {
    this.attributes[own.outcome] = verdict.outcome satisfies Outcome;
    if (verdict.errorType !== null) this.attributes[attr.errorType] = verdict.errorType;
    if (verdict.statusCode !== null) this.attributes[attr.rpcStatusCode] = verdict.statusCode;
    if (this.attempts > 1) this.attributes[own.attempts] = this.attempts;
    if (this.droppedEvents > 0) this.attributes[own.droppedEvents] = this.droppedEvents;
    return {
      ...this.ref,
      ...(this.parentSpanId === null ? {} : { parentSpanId: this.parentSpanId }),
      name: this.name,
      kind: 3,
      startNanos: this.startNanos,
      endNanos: endNanos < this.startNanos ? this.startNanos : endNanos,
      status:
        verdict.errorType === null
          ? { code: 0, message: '' }
          : { code: 2, message: verdict.message },
      attributes: this.attributes,
      events: this.events,
      links: this.links,
      resource,
      scope: { name: scopes.shim, version },
    };
  }
}
