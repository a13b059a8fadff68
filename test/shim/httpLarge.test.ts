import { describe, expect, it } from 'vitest';
import { call, collector, post, proxy, span, text, upstream } from './httpSetup.js';
import { asEvents } from './upstream.js';

/** As the TypeScript SDK spells it: the id comes last. */
const answer = (id: unknown) => {
  const content = [{ type: 'text', text: 'x'.repeat(3 << 20) }];
  return JSON.stringify({ result: { content, isError: true }, jsonrpc: '2.0', id });
};
const large = () => {
  const { jsonrpc, id, ...rest } = call(1, 'echo', { arguments: { text: 'x'.repeat(6 << 20) } });
  return JSON.stringify({ ...rest, jsonrpc, id });
};

describe('a message that is too long to be kept', () => {
  it.each(['json', 'events'])('is an answer like any other, as %s', async (format) => {
    upstream.answer = (_asked, response) => {
      if (format === 'json') response.writeHead(200, { 'content-type': 'application/json' });
      else asEvents(response);
      response.end(format === 'json' ? answer(1) : `event: message\ndata: ${answer(1)}\n\n`);
    };
    const { url } = await proxy();
    await (await post(url, call(1))).text();
    const seen = await span();
    expect(seen?.attributes['spanpath.outcome']).toBe('tool_error');
    expect(seen?.attributes['spanpath.response.bytes']).toBe(answer(1).length);
    expect(collector.findings('orphan_answer')).toEqual([]);
  });

  it('is a request like any other', async () => {
    upstream.answer = (_asked, response) => {
      asEvents(response);
      response.end(`data: ${JSON.stringify(text(1))}\n\n`);
    };
    const { url } = await proxy();
    await (await post(url, large())).text();
    expect(upstream.asked[0]?.body).toBe(large());
    expect((await span())?.attributes).toMatchObject({
      'spanpath.outcome': 'ok',
      'spanpath.request.bytes': large().length,
      'spanpath.not_injected': true,
    });
  });

  it('is a request that fails like any other', async () => {
    upstream.answer = (_asked, response) => response.writeHead(413).end('too large');
    const { url } = await proxy();
    expect((await post(url, large())).status).toBe(413);
    expect((await span())?.attributes['spanpath.outcome']).toBe('transport_error');
  });
});
