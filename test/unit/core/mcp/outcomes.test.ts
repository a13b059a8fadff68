import { describe, expect, it } from 'vitest';
import { parsePayloadRules, succeeded } from '../../../../src/core/mcp/outcomes.js';
import { call, error, outcome, result, Talk } from './talk.js';

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

  it('is judged however deeply its payload is nested', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const [span] = new Talk()
      .client(call(1))
      .server(`{"id":1,"result":{"structuredContent":{"error":${deep}}}}`).spans;
    expect(outcome(span)).toBe('payload_error');
    expect(span?.status.message).toBe('the payload says: error = …');
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
