import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, outcome, result, Talk } from './talk.js';

describe('a finding', () => {
  it.each([
    ['stdout_pollution', (talk: Talk) => talk.server('Listening on port 3000')],
    ['stdout_pollution', (talk: Talk) => talk.server('{"level":"info","msg":"hi"}')],
    ['stdout_pollution', (talk: Talk) => talk.server('[1, 2]')],
    ['stdout_pollution', (talk: Talk) => talk.server('[{"a":1},{"b":2}]')],
    ['client_pollution', (talk: Talk) => talk.client('hello')],
    ['orphan_answer', (talk: Talk) => talk.server({ id: null, error: { message: 'unreadable' } })],
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

  it('says what an answer without an id says', () => {
    const [finding] = new Talk().server({ id: null, error: { message: 'no token=abc' } }).logs;
    expect(finding?.body).toBe('an answer without an id: no token=[redacted]');
  });

  it('is not made of blank lines', () => {
    expect(new Talk().server('').server('\r').client('  ').findings).toEqual([]);
  });
});

describe('a conversation', () => {
  it('says which requests were given no context, where they should have been', () => {
    const ref = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    const marked = (injects: boolean) =>
      new Talk(undefined, injects)
        .client(call(1), [ref])
        .client(call(2))
        .server({ id: 1, method: 'ping' })
        .started.map(({ attributes }) => attributes['spanpath.not_injected'] ?? false);
    expect(marked(true)).toEqual([false, true, false]);
    expect(marked(false)).toEqual([false, false, false]);
  });

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
