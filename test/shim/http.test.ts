import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, temporaryDir, until } from './shimProcess.js';
import { asEvents, asJson, Upstream } from './upstream.js';

let collector: FakeCollector;
let upstream: Upstream;
const shims: ShimProcess[] = [];

beforeEach(async () => {
  collector = await FakeCollector.start();
  upstream = await Upstream.start();
});
afterEach(async () => {
  for (const shim of shims.splice(0)) await shim.end();
  await collector.stop();
  await upstream.stop();
});

async function proxy(options: readonly string[] = [], url = `${upstream.origin}/mcp`, env = {}) {
  const words = ['--endpoint', collector.endpoint, '--name', 'web', ...options, '--http', url];
  const shim = new ShimProcess(words, env);
  shims.push(shim);
  await until(() => shim.stderr.includes('\n'));
  const own = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(shim.stderr)?.[0] ?? '';
  return { shim, url: own, origin: new URL(own).origin };
}

const call = (id: unknown, name = 'echo', more: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {}, ...more },
});
const text = (id: unknown, words = 'done') => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text: words }] },
});

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const span = async (name = 'tools/call echo') => {
  await until(() => collector.named(name) !== undefined);
  return collector.named(name);
};

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
    expect(first).toMatchObject({ traceId: '12'.repeat(16) });
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
});

describe('a stream of events', () => {
  it('passes event by event in every legal spelling', async () => {
    const pieces = [
      ': ping\n\n',
      'event: message\r\ndata: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1}}\r\n\r\n',
      'id: 7\rdata: {"jsonrpc":"2.0",\rdata: "id":1,"result":{"content":[]}}\r\r',
    ];
    let more = () => {};
    upstream.answer = async (_asked, response) => {
      asEvents(response);
      for (const piece of pieces) {
        response.write(piece);
        await new Promise<void>((resolve) => {
          more = resolve;
        });
      }
      response.end();
    };
    const { url } = await proxy();
    const response = await post(url, call(1, 'echo', { _meta: { progressToken: 1 } }));
    const reader = response.body?.getReader();
    for (const piece of pieces) {
      // Each piece arrives before the next one is sent.
      const { value } = (await reader?.read()) ?? {};
      expect(Buffer.from(value ?? []).toString()).toBe(piece);
      more();
    }
    const seen = await span();
    expect(seen?.attributes['spanpath.outcome']).toBe('ok');
    expect(seen?.events.length).toBe(3);
  });

  it('is read when the server compresses, and passed on as it came', async () => {
    const body = gzipSync(JSON.stringify({ ...text(1), result: { isError: true, content: [] } }));
    upstream.answer = (_asked, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(body);
    };
    const { url } = await proxy();
    const answer = await raw(url, 'POST', { 'accept-encoding': 'gzip' }, JSON.stringify(call(1)));
    expect(answer.body.equals(body)).toBe(true);
    expect((await span())?.attributes['spanpath.outcome']).toBe('tool_error');
  });

  it('carries sessions: header, GET stream, resumption, requests of the server, DELETE', async () => {
    let events: { write(text: string): void; end(): void } | null = null;
    upstream.answer = (asked, response) => {
      const headers = { 'mcp-session-id': 'sess-1' };
      if (asked.method === 'GET') {
        asEvents(response);
        events = response;
      } else if (asked.method === 'DELETE') response.writeHead(204).end();
      else {
        const { id, method, params } = JSON.parse(asked.body);
        if (method === 'initialize') {
          const { protocolVersion } = params;
          asJson(
            response,
            { jsonrpc: '2.0', id, result: { protocolVersion, capabilities: {} } },
            headers,
          );
        } else response.writeHead(202).end();
      }
    };
    const { url } = await proxy();
    const first = await post(url, {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18' },
    });
    expect(first.headers.get('mcp-session-id')).toBe('sess-1');
    await first.text();
    const session = { 'mcp-session-id': 'sess-1' };
    const stream = await fetch(url, {
      headers: { ...session, accept: 'text/event-stream', 'last-event-id': '41' },
    });
    await until(() => events !== null);
    expect(upstream.asked.at(-1)?.headers['last-event-id']).toBe('41');
    events!.write('data: {"jsonrpc":"2.0","id":5,"method":"roots/list"}\n\n');
    await stream.body?.getReader().read();
    await post(url, { jsonrpc: '2.0', id: 5, result: { roots: [] } }, session);
    const roots = await span('roots/list');
    expect(roots?.attributes).toMatchObject({
      'mcp.session.id': 'sess-1',
      'spanpath.outcome': 'ok',
    });
    // The answer to a call may come on another stream.
    await post(url, call(9), session);
    events!.write(`data: ${JSON.stringify(text(9))}\n\n`);
    expect((await span())?.attributes).toMatchObject({
      'mcp.session.id': 'sess-1',
      'mcp.protocol.version': '2025-06-18',
      'spanpath.outcome': 'ok',
    });
    await post(url, call(10, 'lost'), session);
    await fetch(url, { method: 'DELETE', headers: session });
    expect((await span('tools/call lost'))?.attributes['spanpath.outcome']).toBe('abandoned');
    events!.end();
  });

  it('of 2024-11-05 keeps its message endpoint behind the proxy', async () => {
    let events: { write(text: string): void; end(): void } | null = null;
    upstream.answer = (asked, response) => {
      if (asked.method === 'GET') {
        asEvents(response);
        response.write(`event: endpoint\ndata: ${upstream.origin}/messages?sessionId=abc\n\n`);
        events = response;
      } else {
        response.writeHead(202).end('Accepted');
        events?.write(`event: message\ndata: ${JSON.stringify(text(1))}\n\n`);
      }
    };
    const { url, origin } = await proxy([], `${upstream.origin}/sse`);
    const stream = await fetch(url);
    const reader = stream.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    const endpoint = /data: (\S+)/.exec(Buffer.from(value ?? []).toString())?.[1] ?? '';
    expect(endpoint).toBe(`${origin}/messages?sessionId=abc`);
    await post(endpoint, call(1));
    await reader?.read();
    expect(upstream.asked.at(-1)?.url).toBe('/messages?sessionId=abc');
    expect((await span())?.attributes['spanpath.outcome']).toBe('ok');
    events!.end();
  });
});

describe('the stateless revision', () => {
  const version = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'echo',
  };
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

  it('is cancelled by closing the response', async () => {
    upstream.answer = (_asked, response) => asEvents(response);
    const { url } = await proxy();
    const stop = new AbortController();
    await fetch(url, {
      method: 'POST',
      headers: version,
      body: JSON.stringify(call(1)),
      signal: stop.signal,
    });
    stop.abort();
    expect((await span())?.attributes).toMatchObject({
      'spanpath.outcome': 'cancelled',
      'mcp.protocol.version': '2026-07-28',
    });
    await until(() => upstream.left === 1);
  });

  it('keeps clients apart that use the same id', async () => {
    const open: (() => void)[] = [];
    upstream.answer = (asked, response) => {
      const { id, params } = JSON.parse(asked.body);
      open.push(() => asJson(response, text(id, params.name)));
    };
    const { url } = await proxy();
    const answers = ['a', 'b'].map((name) => post(url, call(1, name, { _meta: meta }), version));
    await until(() => open.length === 2);
    for (const answer of open) answer();
    await Promise.all(answers);
    expect((await span('tools/call a'))?.attributes['spanpath.outcome']).toBe('ok');
    expect((await span('tools/call b'))?.attributes['spanpath.outcome']).toBe('ok');
  });

  it('joins a retry with input to its call, under one span for the server too', async () => {
    upstream.answer = (asked, response) => {
      const { id, params } = JSON.parse(asked.body);
      const wants = { resultType: 'input_required', inputRequests: {}, requestState: 'st"1' };
      asJson(response, params.requestState ? text(id) : { jsonrpc: '2.0', id, result: wants });
    };
    const { url } = await proxy();
    await (await post(url, call(1, 'echo', { _meta: meta }), version)).text();
    const again = { _meta: meta, requestState: 'st"1', inputResponses: {} };
    await (await post(url, call(2, 'echo', again), version)).text();
    const seen = await span();
    expect(seen?.attributes).toMatchObject({ 'spanpath.attempts': 2, 'spanpath.outcome': 'ok' });
    const sent = upstream.asked.map(({ body }) => JSON.parse(body).params._meta.traceparent);
    expect(sent).toEqual([`00-${seen?.traceId}-${seen?.spanId}-01`, sent[0]]);
    expect(collector.spans.filter(({ name }) => name === 'tools/call echo').length).toBe(1);
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

  it('with a collector that never answers is none', async () => {
    collector.status = 0;
    upstream.answer = (asked, response) => asJson(response, text(JSON.parse(asked.body).id));
    const { url } = await proxy();
    for (let id = 0; id < 20; id++)
      expect(await (await post(url, call(id))).json()).toEqual(text(id));
  });
});

describe('authorization', () => {
  it('is looked for behind the proxy, with the proxy as the resource', async () => {
    upstream.answer = (asked, response) => {
      const metadata = `${upstream.origin}/.well-known/oauth-protected-resource/mcp`;
      if (asked.url.startsWith('/.well-known/')) {
        asJson(response, {
          resource: `${upstream.origin}/mcp`,
          authorization_servers: ['https://login.example'],
        });
      } else {
        response
          .writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` })
          .end();
      }
    };
    const { url, origin } = await proxy();
    const refused = await post(url, call(1));
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    expect(refused.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${metadata}"`);
    expect(await (await fetch(metadata)).json()).toEqual({
      resource: url,
      authorization_servers: ['https://login.example'],
    });
    await post(url, call(2), { authorization: 'Bearer wrong' });
    await until(() => collector.findings('http_violation').length === 1);
  });
});

const openssl = has('openssl');

describe('a server behind TLS', () => {
  it.skipIf(!openssl)('is reached, its certificate checked', async () => {
    const dir = temporaryDir();
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    const secure = await Upstream.start(
      createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }) as never,
    );
    secure.answer = (_asked, response) => asJson(response, text(1));
    const address = `https://localhost:${secure.port}/mcp`;
    const trusted = await proxy([], address, { NODE_EXTRA_CA_CERTS: cert });
    expect(await (await post(trusted.url, call(1))).json()).toEqual(text(1));
    const strict = await proxy([], address);
    expect((await post(strict.url, call(1))).status).toBe(502);
    await secure.stop();
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

function raw(url: string, method: string, headers: Record<string, string>, body: string) {
  return new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, async (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function has(program: string): boolean {
  try {
    execFileSync(program, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
