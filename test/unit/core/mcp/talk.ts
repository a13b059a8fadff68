/** A conversation that tests lead, and the messages they lead it with. */
import { ContentPolicy } from '../../../../src/core/mcp/content.js';
import { Conversation } from '../../../../src/core/mcp/conversation.js';
import type { OpenCall } from '../../../../src/core/mcp/openCall.js';
import { defaultPayloadRules } from '../../../../src/core/mcp/outcomes.js';
import { PendingInput } from '../../../../src/core/mcp/pendingInput.js';
import { parseRedaction } from '../../../../src/core/mcp/redaction.js';
import type { LogRecord, Span, SpanRef } from '../../../../src/core/trace/model.js';

export type Message = Record<string, unknown>;

/** A conversation whose clock ticks once a message. */
export class Talk {
  readonly spans: Span[] = [];
  readonly logs: LogRecord[] = [];
  readonly started: OpenCall[] = [];
  readonly conversation: Conversation;
  private clock = 0n;

  constructor(rules = defaultPayloadRules, injects = false) {
    this.conversation = new Conversation(
      {
        resource: { 'spanpath.server.name': 'weather' },
        version: '0',
        attributes: { 'network.transport': 'pipe' },
        content: new ContentPolicy('redacted', parseRedaction(''), 10_000),
        payloadRules: rules,
        injects,
        pendingInput: new PendingInput(),
      },
      {
        onDidStart: (call) => this.started.push(call),
        onDidHappen: () => {},
        onDidEnd: (span) => this.spans.push(span),
        onDidLog: (log) => this.logs.push(log),
      },
    );
  }

  client(message: unknown, contexts: readonly SpanRef[] = []): this {
    return this.say('client-to-server', message, contexts);
  }

  server(message: unknown): this {
    return this.say('server-to-client', message, []);
  }

  get findings(): unknown[] {
    return this.logs.flatMap((log) => log.attributes['spanpath.finding.kind'] ?? []);
  }

  get now(): bigint {
    return ++this.clock;
  }

  private say(
    direction: 'client-to-server' | 'server-to-client',
    message: unknown,
    contexts: readonly SpanRef[],
  ): this {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const bytes = Buffer.from(text);
    const line = { bytes, length: bytes.length, tail: Buffer.alloc(0), terminated: true };
    const given = contexts.values();
    const next = () => given.next().value ?? null;
    this.conversation.receive(direction, line, this.now, next);
    return this;
  }
}

export const call = (id: unknown, name = 'forecast', more: Message = {}): Message => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: { city: 'Oslo' }, ...more },
});
export const result = (id: unknown, value: unknown = { content: [] }): Message => ({
  jsonrpc: '2.0',
  id,
  result: value,
});
export const error = (id: unknown, code: number, message: string): Message => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});
export const outcome = (span: Span | undefined) => span?.attributes['spanpath.outcome'];
