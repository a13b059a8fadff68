import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentPolicy } from '../../../../src/core/mcp/content.js';
import { Conversation } from '../../../../src/core/mcp/conversation.js';
import type { OpenCall } from '../../../../src/core/mcp/openCall.js';
import {
  defaultPayloadRules,
  parsePayloadRules,
  succeeded,
} from '../../../../src/core/mcp/outcomes.js';
import { PendingInput } from '../../../../src/core/mcp/pendingInput.js';
import { parseRedaction } from '../../../../src/core/mcp/redaction.js';
import type { LogRecord, Span } from '../../../../src/core/trace/model.js';

type Message = Record<string, unknown>;

/** A conversation whose clock ticks once a message. */
class Talk {
  readonly spans: Span[] = [];
  readonly logs: LogRecord[] = [];
  readonly started: OpenCall[] = [];
  readonly conversation: Conversation;
  private clock = 0n;

  constructor(rules = defaultPayloadRules) {
    this.conversation = new Conversation(
      {
        resource: { 'spanpath.server.name': 'weather' },
        version: '0',
        attributes: { 'network.transport': 'pipe' },
        content: new ContentPolicy('redacted', parseRedaction(''), 10_000),
        payloadRules: rules,
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

  client(message: unknown, contexts: readonly string[] = []): this {
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
    contexts: readonly string[],
  ): this {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const bytes = Buffer.from(text);
    const line = { bytes, length: bytes.length, tail: Buffer.alloc(0), terminated: true };
    this.conversation.receive(direction, line, this.now, contexts);
    return this;
  }
}

const call = (id: unknown, name = 'forecast', more: Message = {}): Message => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: { city: 'Oslo' }, ...more },
});
const result = (id: unknown, value: unknown = { content: [] }): Message => ({
  jsonrpc: '2.0',
  id,
  result: value,
});
const error = (id: unknown, code: number, message: string): Message => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});
const outcome = (span: Span | undefined) => span?.attributes['spanpath.outcome'];

describe('a call', () => {
  it('becomes a client span with the names of the conventions', () => {
    const talk = new Talk().client(call(7)).server(result(7));
    const [span] = talk.spans;
    expect(span).toMatchObject({ name: 'tools/call forecast', kind: 3, status: { code: 0 } });
    expect(span?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'forecast',
      'gen_ai.operation.name': 'execute_tool',
      'jsonrpc.request.id': '7',
      'network.transport': 'pipe',
      'spanpath.server.name': 'weather',
      'spanpath.outcome': 'ok',
      'gen_ai.tool.call.arguments': '{"city":"Oslo"}',
      'gen_ai.tool.call.result': '{"content":[]}',
    });
    expect(span?.events.map((event) => event.attributes['spanpath.message.direction'])).toEqual([
      'client-to-server',
      'server-to-client',
    ]);
    expect(span?.attributes).not.toHaveProperty('error.type');
  });

  it('is told apart by the type of its id and by who asked', () => {
    const talk = new Talk()
      .client(call(1, 'number'))
      .client(call('1', 'text'))
      .server({ jsonrpc: '2.0', id: 1, method: 'roots/list' })
      .server(result('1'))
      .client(result(1, { roots: [] }))
      .server(result(1));
    expect(talk.spans.map(({ name }) => name)).toEqual([
      'tools/call text',
      'roots/list',
      'tools/call number',
    ]);
    expect(talk.findings).toEqual([]);
  });

  it('takes the ids that its request was given', () => {
    const trace = 'a'.repeat(32);
    const talk = new Talk()
      .client(call(1, 'x', { _meta: { traceparent: `00-${trace}-${'b'.repeat(16)}-01` } }), [
        `00-${trace}-${'c'.repeat(16)}-01`,
      ])
      .server(result(1));
    expect(talk.spans[0]).toMatchObject({
      traceId: trace,
      spanId: 'c'.repeat(16),
      parentSpanId: 'b'.repeat(16),
    });
  });

  it('hangs a request of the server below the only call that runs', () => {
    const talk = new Talk()
      .client(call(1))
      .server({ jsonrpc: '2.0', id: 0, method: 'sampling/createMessage', params: {} })
      .client(result(0, {}))
      .server(result(1));
    const [sampling, tool] = talk.spans;
    expect(sampling).toMatchObject({ traceId: tool?.traceId, parentSpanId: tool?.spanId });
  });

  it('collects its progress by token, whatever its type', () => {
    const talk = new Talk()
      .client(call(1, 'a', { _meta: { progressToken: 5 } }))
      .client(call(2, 'b', { _meta: { progressToken: '5' } }))
      .server({ method: 'notifications/progress', params: { progressToken: '5', progress: 1 } })
      .server(result(1))
      .server(result(2));
    expect(talk.spans.map(({ events }) => events.length)).toEqual([2, 3]);
  });
});

describe('an outcome', () => {
  it.each([
    ['ok', result(1), null],
    [
      'tool_error',
      result(1, { isError: true, content: [{ type: 'text', text: 'no such city' }] }),
      'tool_error',
    ],
    ['protocol_error', error(1, -32602, 'bad params'), '-32602'],
    [
      'payload_error',
      result(1, { content: [{ type: 'text', text: '{"success":false}' }] }),
      'payload_error',
    ],
    ['payload_error', result(1, { structuredContent: { status: 'ERROR' } }), 'payload_error'],
    ['payload_error', result(1, { structuredContent: { error: { code: 7 } } }), 'payload_error'],
    [
      'ok',
      result(1, { structuredContent: { error: null, errors: [], success: true, ok: 1 } }),
      null,
    ],
    ['ok', result(1, { content: [{ type: 'text', text: 'error: {"success":false}' }] }), null],
  ])('is %s', (expected, answer, errorType) => {
    const [span] = new Talk().client(call(1)).server(answer).spans;
    expect(outcome(span)).toBe(expected);
    expect(span?.attributes['error.type'] ?? null).toBe(errorType);
    expect(span?.status.code).toBe(errorType === null ? 0 : 2);
  });

  it('quotes the peer', () => {
    const spans = new Talk()
      .client(call(1))
      .server(error(1, -32602, 'bad params'))
      .client(call(2))
      .server(result(2, { structuredContent: { success: false } })).spans;
    expect(spans.map(({ status }) => status.message)).toEqual([
      'bad params',
      'the payload says: success = false',
    ]);
  });

  it('follows rules of the user', () => {
    const answer = result(1, { structuredContent: { data: { state: 'broken' }, success: false } });
    expect(
      outcome(new Talk(parsePayloadRules('off')).client(call(1)).server(answer).spans[0]),
    ).toBe('ok');
    const rules = parsePayloadRules('data.state=broken|bent');
    expect(outcome(new Talk(rules).client(call(1)).server(answer).spans[0])).toBe('payload_error');
  });

  it.each([
    ['timeout', 'McpError: MCP error -32001: Request timed out'],
    ['cancelled', 'the user changed their mind'],
    ['cancelled', undefined],
  ])('is %s when the client cancels with %s, and a late answer is legal', (expected, reason) => {
    const talk = new Talk()
      .client(call(1))
      .client({ method: 'notifications/cancelled', params: { requestId: 1, reason } })
      .server(result(1));
    expect(talk.spans.map(outcome)).toEqual([expected]);
    expect(talk.findings).toEqual([]);
  });

  it('does not paint the probe of a client of both eras', () => {
    const [span] = new Talk()
      .client({ id: 0, method: 'server/discover', params: {} })
      .server(error(0, -32601, 'Method not found')).spans;
    expect(span).toMatchObject({ status: { code: 0 } });
    expect(outcome(span)).toBe('ok');
    expect(span?.attributes['rpc.response.status_code']).toBe('-32601');
  });

  it('is abandoned when the server goes', () => {
    const talk = new Talk().client(call(1));
    talk.conversation.end(
      { ...succeeded, outcome: 'abandoned', errorType: 'abandoned', message: 'gone' },
      talk.now,
    );
    expect(talk.spans[0]).toMatchObject({ status: { code: 2, message: 'gone' } });
  });
});

describe('the stateless revision', () => {
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

  it('joins a call and its retry with input into one span with a gap', () => {
    const talk = new Talk()
      .client(call(1, 'book', { _meta: meta }))
      .server(
        result(1, { resultType: 'input_required', inputRequests: { q: {} }, requestState: 's1' }),
      )
      .client(call(2, 'book', { _meta: meta, requestState: 's1', inputResponses: { q: {} } }))
      .server(result(2, { resultType: 'complete', content: [] }));
    expect(talk.started.length).toBe(1);
    expect(talk.spans.length).toBe(1);
    expect(talk.spans[0]?.attributes).toMatchObject({
      'spanpath.outcome': 'ok',
      'spanpath.attempts': 2,
      'mcp.protocol.version': '2026-07-28',
    });
    expect(talk.spans[0]?.events.map(({ name }) => name)).toEqual([
      'spanpath.message',
      'spanpath.message',
      'spanpath.input_required',
      'spanpath.input_provided',
      'spanpath.message',
      'spanpath.message',
    ]);
  });

  it('joins without a state by what is asked, and keeps different calls apart', () => {
    const wants = { resultType: 'input_required', inputRequests: {} };
    const talk = new Talk()
      .client(call(1, 'a'))
      .server(result(1, wants))
      .client(call(2, 'b'))
      .server(result(2, wants))
      .client(call(3, 'b', { inputResponses: {} }))
      .server(result(3))
      .client(call(4, 'a', { inputResponses: {} }))
      .server(result(4));
    expect(talk.spans.map(({ name }) => name)).toEqual(['tools/call b', 'tools/call a']);
    expect(talk.started.length).toBe(2);
  });

  it('reports a call whose input never came', () => {
    const talk = new Talk()
      .client(call(1))
      .server(result(1, { resultType: 'input_required', requestState: 'x' }));
    expect(talk.spans).toEqual([]);
    talk.conversation.endPending(talk.now);
    expect(outcome(talk.spans[0])).toBe('abandoned');
  });

  it('links the requests about a task to the call that started it', () => {
    const talk = new Talk()
      .client(call(1))
      .server(result(1, { resultType: 'task', task: { taskId: 't9', status: 'working' } }))
      .client({ id: 2, method: 'tasks/get', params: { taskId: 't9' } })
      .server(result(2, {}));
    const [tool, get] = talk.spans;
    expect(tool?.attributes['spanpath.task.id']).toBe('t9');
    expect(get?.links).toMatchObject([{ traceId: tool?.traceId, spanId: tool?.spanId }]);
  });

  it('takes the end of a subscription for what it is', () => {
    const talk = new Talk().client({ id: 1, method: 'subscriptions/listen', params: {} });
    const closed = { ...succeeded, outcome: 'cancelled' as const, errorType: 'cancelled' };
    talk.conversation.settle('client-to-server', ['1'], closed, talk.now);
    expect(outcome(talk.spans[0])).toBe('ok');
  });
});

describe('a finding', () => {
  it.each([
    ['stdout_pollution', (talk: Talk) => talk.server('Listening on port 3000')],
    ['stdout_pollution', (talk: Talk) => talk.server('{"level":"info","msg":"hi"}')],
    ['client_pollution', (talk: Talk) => talk.client('hello')],
    ['orphan_answer', (talk: Talk) => talk.server(result(99))],
    ['duplicate_id', (talk: Talk) => talk.client(call(1)).client(call(1))],
    [
      'malformed_traceparent',
      (talk: Talk) => talk.client(call(1, 'x', { _meta: { traceparent: 'zz' } })),
    ],
  ])('is %s', (kind, speak) => {
    expect(speak(new Talk()).findings).toEqual([kind]);
  });

  it('carries the line, redacted, and the call that ran', () => {
    const talk = new Talk().client(call(1)).server('DB_PASSWORD=hunter2 loaded');
    expect(talk.logs[0]).toMatchObject({
      body: 'DB_PASSWORD=[redacted] loaded',
      spanId: talk.started[0]?.ref.spanId,
    });
  });

  it('is not made of blank lines', () => {
    expect(new Talk().server('').server('\r').client('  ').findings).toEqual([]);
  });
});

describe('a conversation', () => {
  it('reads batches', () => {
    const talk = new Talk()
      .client([call(1, 'a'), { method: 'notifications/x' }, call(2, 'b')])
      .server([result(2), result(1)]);
    expect(talk.spans.map(({ name }) => name)).toEqual(['tools/call b', 'tools/call a']);
  });

  it('reads answers of which only the ends were kept', () => {
    const talk = new Talk().client(call('x'));
    const head = Buffer.from('{"result":{"content":[{"type":"text","text":"aaaaaaa');
    const tail = Buffer.from('aaa"}],"isError":true},"jsonrpc":"2.0","id":"x"}');
    talk.conversation.receive(
      'server-to-client',
      { bytes: head, length: 5_000_000, tail, terminated: true },
      talk.now,
    );
    expect(outcome(talk.spans[0])).toBe('tool_error');
    expect(talk.spans[0]?.attributes['spanpath.response.bytes']).toBe(5_000_000);
    expect(talk.spans[0]?.events.at(-1)?.attributes['spanpath.message.truncated']).toBe(true);
  });

  it('gives up the oldest of calls that are never answered', () => {
    const talk = new Talk();
    for (let id = 0; id < 10_005; id++) talk.client(call(id));
    expect(talk.spans.length).toBe(5);
    expect(talk.spans.every((span) => outcome(span) === 'abandoned')).toBe(true);
  });

  it('agrees with a naive oracle on who was answered, for any order of messages', () => {
    const step = fc.record({
      from: fc.constantFrom('client', 'server'),
      what: fc.constantFrom('ask', 'answer', 'cancel'),
      id: fc.constantFrom<unknown>(0, 1, '0', '1'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const talk = new Talk();
        const open = new Map<string, number>();
        const expected: string[] = [];
        let asked = 0;
        for (const { from, what, id } of steps) {
          const other = from === 'client' ? 'server' : 'client';
          const mine = `${from}${JSON.stringify(id)}`;
          const theirs = `${other}${JSON.stringify(id)}`;
          if (what === 'ask') {
            if (open.has(mine)) expected.push(`${open.get(mine)} abandoned`);
            open.set(mine, asked);
            talk[from as 'client']({ id, method: 'tools/call', params: { name: `n${asked++}` } });
          } else if (what === 'answer') {
            if (open.has(theirs)) expected.push(`${open.get(theirs)} ok`);
            open.delete(theirs);
            talk[from as 'client'](result(id));
          } else {
            if (open.has(mine)) expected.push(`${open.get(mine)} cancelled`);
            open.delete(mine);
            talk[from as 'client']({
              method: 'notifications/cancelled',
              params: { requestId: id },
            });
          }
        }
        expect(talk.spans.map((span) => `${span.name.slice(12)} ${outcome(span)}`)).toEqual(
          expected,
        );
      }),
    );
  });

  it('never throws, whatever is said', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.boolean(),
            fc.oneof(
              fc.json(),
              fc.string(),
              fc.constant('{"id":1,"method":"tools/call","params":null}'),
            ),
          ),
        ),
        (lines) => {
          const talk = new Talk();
          for (const [fromClient, text] of lines) talk[fromClient ? 'client' : 'server'](text);
        },
      ),
    );
  });
});
