import { EventEmitter } from 'node:events';
import { attr, scopes } from '../core/mcp/conventions.js';
import type { LiveMessage, ServerIdentity } from '../core/protocol.js';
import type { Attributes, Span, SpanEvent } from '../core/trace/model.js';
import { outcomes } from '../core/trace/model.js';
import { flag } from '../core/trace/spanColumns.js';
import type { SpanIndex } from '../core/trace/spanIndex.js';
import type { Definitions } from './definitions.js';

type Started = Extract<LiveMessage, { type: 'callStarted' }>;

interface LiveCall {
  readonly started: Started;
  readonly events: SpanEvent[];
  readonly resource: number;
  readonly server: string;
  endNanos: bigint | null;
}

export interface LiveEvents {
  changed: [];
  started: [call: { span: Started['span']; server: string; name: string }];
}

/** Events kept of one running call; progress may come thousands of times. */
const maxEvents = 500;

/** Calls known by the live channel whose finished span has not arrived. */
export class LiveCalls extends EventEmitter<LiveEvents> {
  private readonly calls = new Map<number, LiveCall>();

  constructor(
    private readonly index: SpanIndex,
    private readonly definitions: Definitions,
  ) {
    super();
    index.onDidChange((slot) => {
      // The finished span took the slot over.
      if (this.calls.size > 0 && !(index.columns.flags[slot]! & flag.live)) this.calls.delete(slot);
    });
  }

  get size(): number {
    return this.calls.size;
  }

  start(message: Started, server: ServerIdentity): void {
    const resource = this.definitions.liveResource(server.name, server.cwd);
    const { attributes } = message;
    const slot = this.index.addLive({
      span: message.span,
      ...(message.parentSpanId === undefined ? {} : { parentSpanId: message.parentSpanId }),
      startNanos: BigInt(message.startNanos),
      name: message.name,
      kind: message.kind,
      method: textOf(attributes, attr.mcpMethod),
      target: textOf(attributes, attr.toolName, attr.promptName, attr.mcpResourceUri),
      resource,
    });
    if (slot === -1) return;
    this.calls.set(slot, {
      started: message,
      events: [],
      resource,
      server: server.name,
      endNanos: null,
    });
    this.emit('started', { span: message.span, server: server.name, name: message.name });
    this.emit('changed');
  }

  addEvent(message: Extract<LiveMessage, { type: 'callEvent' }>): void {
    const slot = this.index.find(message.span);
    const call = this.calls.get(slot);
    if (!call || call.events.length >= maxEvents) return;
    const { name, attributes } = message;
    call.events.push({ name, timeNanos: BigInt(message.timeNanos), attributes });
    this.index.changed(slot);
    this.emit('changed');
  }

  end(message: Extract<LiveMessage, { type: 'callEnded' }>): void {
    const slot = this.index.find(message.span);
    const call = this.calls.get(slot);
    if (!call || call.endNanos !== null) return;
    call.endNanos = BigInt(message.endNanos);
    this.index.endLive(slot, call.endNanos, outcomes.indexOf(message.outcome));
    this.emit('changed');
  }

  /** The connection of a shim is gone: what it had running was abandoned. */
  abandon(spans: Iterable<Started['span']>, nowNanos: bigint): Span[] {
    const abandoned: Span[] = [];
    for (const span of spans) {
      const slot = this.index.find(span);
      const call = this.calls.get(slot);
      if (!call) continue;
      if (call.endNanos === null) {
        call.endNanos = nowNanos;
        this.index.endLive(slot, nowNanos, outcomes.indexOf('abandoned'));
        const told = this.spanOf(slot);
        if (told) abandoned.push(told);
      }
    }
    if (abandoned.length > 0) this.emit('changed');
    return abandoned;
  }

  /** What is known of a running call, in the shape of a span; null when there is none. */
  spanOf(slot: number): Span | null {
    const call = this.calls.get(slot);
    if (!call) return null;
    const { started } = call;
    const startNanos = BigInt(started.startNanos);
    return {
      ...started.span,
      ...(started.parentSpanId === undefined ? {} : { parentSpanId: started.parentSpanId }),
      name: started.name,
      kind: started.kind,
      startNanos,
      endNanos: call.endNanos ?? startNanos,
      status: { code: 0, message: '' },
      attributes: started.attributes,
      events: call.events,
      links: [],
      resource: this.definitions.resource(call.resource).attributes,
      scope: { name: scopes.shim, version: '' },
    };
  }

  clear(): void {
    this.calls.clear();
  }
}

function textOf(attributes: Attributes, ...keys: string[]): string {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}
