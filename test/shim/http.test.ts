import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { call, collector, post, proxy, raw, span, text, upstream } from './httpSetup.js';
import { until } from './shimProcess.js';
import { asEvents, asJson } from './upstream.js';

describe('a request through the proxy', () => {
  it('arrives as it was but for the splice, and its answer is untouched', async () => {
    const answer = '{ "jsonrpc":"2.0",\n "id":1 , "result":{"content":[],"n":1.0}}';
    upstream.answer = (_asked, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'X-Odd': 'kept' });
      response.end(answer);
    };
    const { url } = await proxy();
    const body =
      '{ "jsonrpc" : "2.0", "id":1,"method":"tools/call","params":{"name":"echo","arguments":{"x":1e3}}}';
    const response = await post(url, body, {
      authorization: 'Bearer s3cret',
      'X-Mine': 'a',
      cookie: 'c=1',
    });
    expect(await response.text()).toBe(answer);
    expect(response.headers.get('x-odd')).toBe('kept');
    const [asked] = upstream.asked;
    expect(asked?.body.replace(/"_meta":\{"traceparent":"[^"]{55}"\},/, '')).toBe(body);
    expect(asked?.url).toBe('/mcp');
    expect(asked?.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      cookie: 'c=1',
      'x-mine': 'a',
      host: `127.0.0.1:${upstream.port}`,
    });
    const seen = await span();
    expect(asked?.body).toContain(`00-${seen?.traceId}-${seen?.spanId}-01`);
    expect(seen?.attributes).toMatchObject({
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'server.address': '127.0.0.1',
      'server.port': upstream.port,
      'http.response.status_code': 200,
      'spanpath.outcome': 'ok',
    });
    expect(
      JSON.stringify([collector.spans, collector.logs], (_key, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).not.toContain('s3cret');
  });

  it('arrives byte by byte with --no-inject', async () => {
    upstream.answer = (_asked, response) => asJson(response, text(1));
    const { url } = await proxy(['--no-inject']);
    const body = `  ${JSON.stringify(call(1))}\r\n`;
    await (await post(url, body)).text();
    expect(upstream.asked[0]?.body).toBe(body);
    expect((await span())?.attributes['spanpath.outcome']).toBe('ok');
  });

  it('keeps its length where the body is large or compressed', async () => {
    upstream.answer = (_asked, response) => asJson(response, text(1));
    const { url } = await proxy();
    const large = JSON.stringify(call(1, 'echo', { arguments: { text: 'x'.repeat(6 << 20) } }));
    await (await post(url, large)).text();
    expect(upstream.asked[0]?.body).toBe(large);
    const zipped = gzipSync(JSON.stringify(call(2)));
    await (
      await fetch(url, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: zipped })
    ).text();
    expect(upstream.asked[1]?.headers['content-length']).toBe(String(zipped.length));
  });

  it('continues the trace of its header, and of its _meta before that', async () => {
    upstream.answer = (asked, response) => asJson(response, text(JSON.parse(asked.body).id));
    const { url } = await proxy();
    const outer = `00-${'12'.repeat(16)}-${'34'.repeat(8)}-01`;
    await (await post(url, call(1, 'a'), { traceparent: outer })).text();
    const first = await span('tools/call a');
    expect(first).toMatchObject({ traceId: '12'.repeat(16), parentSpanId: '34'.repeat(8) });
    expect(upstream.asked[0]?.headers.traceparent).toBe(
      `00-${'12'.repeat(16)}-${first?.spanId}-01`,
    );
    const inner = `00-${'56'.repeat(16)}-${'78'.repeat(8)}-00`;
    await (
      await post(url, call(2, 'b', { _meta: { traceparent: inner } }), { traceparent: outer })
    ).text();
    const second = await span('tools/call b');
    expect(second).toMatchObject({ traceId: '56'.repeat(16), parentSpanId: '78'.repeat(8) });
    expect(JSON.parse(upstream.asked[1]?.body ?? '').params._meta.traceparent).toMatch(/-00$/);
  });

  it('is in the trace of its header without injection too, and header and body stay', async () => {
    upstream.answer = (_asked, response) => asJson(response, text(1));
    const { url } = await proxy(['--no-inject']);
    const traceparent = `00-${'12'.repeat(16)}-${'34'.repeat(8)}-01`;
    const more = { traceparent, tracestate: 'a=1', baggage: 'b=2' };
    await (await post(url, call(1), more)).text();
    expect(await span()).toMatchObject({
      traceId: '12'.repeat(16),
      parentSpanId: '34'.repeat(8),
    });
    expect(upstream.asked[0]?.headers).toMatchObject(more);
    expect(upstream.asked[0]?.body).toBe(JSON.stringify(call(1)));
  });

  it('has a trace of its own when its header is malformed, which is a finding', async () => {
    upstream.answer = (_asked, response) => asJson(response, text(1));
    const { url } = await proxy();
    await (await post(url, call(1), { traceparent: '00-XX' })).text();
    const seen = await span();
    expect(seen?.parentSpanId).toBeUndefined();
    expect(upstream.asked[0]?.headers.traceparent).toBe('00-XX');
    await until(() => collector.findings('malformed_traceparent').length === 1);
    expect(collector.findings('malformed_traceparent')[0]).toMatchObject({
      body: '00-XX',
      spanId: seen?.spanId,
    });
  });
});

describe('trouble', () => {
  it('with the server is a transport error', async () => {
    const { url } = await proxy();
    upstream.answer = (_asked, response) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end('out of order');
    expect((await post(url, call(1, 'a'))).status).toBe(500);
    upstream.answer = (_asked, response) => response.destroy();
    expect((await post(url, call(2, 'b'))).status).toBe(502);
    expect((await span('tools/call a'))?.attributes['spanpath.outcome']).toBe('transport_error');
    expect((await span('tools/call b'))?.attributes['error.type']).toBe('transport_error');
  });

  it('with the answer is an abandoned call', async () => {
    const { url } = await proxy();
    upstream.answer = (_asked, response) => {
      asEvents(response);
      response.write('data: {"jsonrpc":"2.0","method":"notifications/x"}\n\n');
      setTimeout(() => response.destroy(), 30);
    };
    await expect(post(url, call(1)).then((response) => response.text())).rejects.toThrow();
    expect((await span())?.attributes['spanpath.outcome']).toBe('abandoned');
  });

  it('that the server reports as JSON-RPC with a status keeps its code', async () => {
    upstream.answer = (_asked, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"HeaderMismatch"}}');
    };
    const { url } = await proxy();
    expect((await post(url, call(1))).status).toBe(400);
    expect((await span())?.attributes).toMatchObject({
      'spanpath.outcome': 'protocol_error',
      'rpc.response.status_code': '-32020',
      'http.response.status_code': 400,
    });
  });

  it('with a stranger is refused before it reaches the server', async () => {
    const { url } = await proxy();
    expect((await raw(url, 'POST', { host: 'evil.example' }, '{}')).status).toBe(403);
    expect((await raw(url, 'POST', { origin: 'https://evil.example' }, '{}')).status).toBe(403);
    expect((await raw(url, 'POST', { origin: 'null' }, '{}')).status).toBe(403);
    expect(upstream.asked).toEqual([]);
    expect((await raw(url, 'POST', { origin: 'http://localhost:6274' }, '{}')).status).toBe(200);
  });

  it('with one who lacks the key is refused, where there is one, and the key goes no further', async () => {
    const { url, origin } = await proxy([], undefined, { SPANPATH_PROXY_KEY: 'key' });
    for (const headers of [{}, { 'spanpath-key': 'guess' }]) {
      const refused = await post(url, call(1), headers);
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('started it only');
    }
    expect(upstream.asked).toEqual([]);
    expect((await post(url, call(2), { 'Spanpath-Key': 'key' })).status).toBe(200);
    expect(upstream.asked[0]?.headers['spanpath-key']).toBeUndefined();
    await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
    expect(upstream.asked.length).toBe(2);
  });

  it('with a collector that never answers is none', async () => {
    collector.status = 0;
    upstream.answer = (asked, response) => asJson(response, text(JSON.parse(asked.body).id));
    const { url } = await proxy();
    for (let id = 0; id < 20; id++)
      expect(await (await post(url, call(id))).json()).toEqual(text(id));
  });
});

describe('the proxy', () => {
  it('says where it is on stderr, nothing on stdout, and leaves by signal', async () => {
    const { shim } = await proxy();
    expect(shim.stderr).toMatch(
      /^spanpath: http:\/\/127\.0\.0\.1:\d+\/mcp traces http:\/\/127\.0\.0\.1:\d+\/mcp\n$/,
    );
    shim.child.kill('SIGTERM');
    const exit = await shim.exit;
    expect(exit).toMatchObject({ signal: 'SIGTERM' });
    expect(exit.stdout.length).toBe(0);
  });
});
