import { describe, expect, it } from 'vitest';
import { succeeded } from '../../../../src/core/mcp/outcomes.js';
import { call, outcome, result, Talk } from './talk.js';

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
        { traceId: trace, spanId: 'c'.repeat(16) },
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
