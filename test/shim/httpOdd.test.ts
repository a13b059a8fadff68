import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, collector, post, proxy, span, text, upstream } from './httpSetup.js';
import { ShimProcess, until } from './shimProcess.js';
import { asEvents, asJson } from './upstream.js';

/** What a server says to these bytes, until the connection ends. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}

/** A server that answers everything with these bytes. */
async function saying(bytes: string): Promise<{ url: string; stop: () => void }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes, 'latin1'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, stop: () => server.close() };
}

const portOf = (url: string) => Number(new URL(url).port);

describe('every legal way to ask', () => {
  const body = JSON.stringify(call(1));
  const length = `Content-Length: ${body.length}`;
  const chunks = `${[...body].map((char) => `1\r\n${char}\r\n`).join('')}0\r\nX-Trailer: 1\r\n\r\n`;
  const ways: Record<string, string> = {
    HEAD: 'HEAD /mcp HTTP/1.1\r\n\r\n',
    OPTIONS: 'OPTIONS /mcp HTTP/1.1\r\nOrigin: http://localhost:1\r\n\r\n',
    'HTTP/1.0': `POST /mcp HTTP/1.0\r\n${length}\r\n\r\n${body}`,
    'Expect: 100-continue': `POST /mcp HTTP/1.1\r\nExpect: 100-continue\r\n${length}\r\n\r\n${body}`,
    'a body in chunks, with a trailer': `POST /mcp HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    'a query and escapes': 'GET /a%2Fb/?q=%C3%A9&x=1#y HTTP/1.1\r\n\r\n',
    'GET with a body': `GET /mcp HTTP/1.1\r\n${length}\r\n\r\n${body}`,
    DELETE: 'DELETE /mcp HTTP/1.1\r\nMcp-Session-Id: none\r\n\r\n',
    'two headers of one name': 'GET /mcp HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\n\r\n',
  };
  it('is answered as without the proxy', async () => {
    upstream.answer = (asked, response) => {
      const { method, url, rawHeaders, body: said } = asked;
      const own = rawHeaders.filter((_part, index) =>
        /^(?:x-|origin|expect)/i.test(rawHeaders[index - (index % 2)] ?? ''),
      );
      const head = { 'x-seen': `${method} ${url}`, 'Set-Cookie': ['a', 'b'] };
      response.writeHead(200, 'Quite OK', head).end(JSON.stringify({ own, said }));
    };
    const { url } = await proxy(['--no-inject']);
    for (const [way, bytes] of Object.entries(ways)) {
      const [direct, proxied] = await Promise.all(
        [upstream.port, portOf(url)].map(async (port) => {
          const head = bytes.replace(
            '\r\n',
            `\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n`,
          );
          return (await talk(port, head)).replace(/Date: .*\r\n/, '');
        }),
      );
      expect(proxied, way).toBe(direct);
      expect(direct, way).toContain('200 Quite OK');
    }
  });

  it('a head of 100 KB passes either way', async () => {
    const long = 'x'.repeat(100_000);
    const server = createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
      response.writeHead(200, { 'x-long': request.headers['x-long'] }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { url } = await proxy([], `http://127.0.0.1:${port}/mcp`);
    const answer = await new Promise((resolve, reject) => {
      const headers = { 'x-long': long };
      const request = httpRequest(url, { headers, maxHeaderSize: 1 << 20 }, (response) => {
        response.resume();
        resolve(response.headers['x-long']);
      });
      request.on('error', reject).end();
    });
    expect(answer).toBe(long);
    server.closeAllConnections();
    server.close();
  });
});

describe('a server that speaks oddly', () => {
  it.each([
    [
      'a reason phrase of control characters',
      'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\n{}',
      200,
    ],
    ['a status that is none', 'HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\n{}', 502],
    ['no HTTP at all', 'hello\r\n\r\n', 502],
    ['nothing', '', 502],
  ])('with %s does not end the proxy', async (_name, bytes, status) => {
    const server = await saying(bytes);
    const { url, shim } = await proxy([], server.url);
    expect((await post(url, call(1))).status).toBe(status);
    expect((await post(url, call(2))).status).toBe(status);
    expect(shim.child.exitCode).toBeNull();
    server.stop();
  });
});

describe('the proxy', () => {
  it('keeps no idle connection longer than servers do', async () => {
    upstream.server.keepAliveTimeout = 0;
    let open = 0;
    upstream.server.on('connection', (socket) => {
      open++;
      socket.on('close', () => open--);
    });
    const { url } = await proxy();
    for (const id of [1, 2]) await (await post(url, call(id))).text();
    expect(open).toBe(1);
    await until(() => open === 0);
    expect((await post(url, call(3))).status).toBe(200);
  });

  it('keeps clients apart that use the same id, where the server has no sessions', async () => {
    const open: (() => void)[] = [];
    upstream.answer = (asked, response) => {
      const { id, params } = JSON.parse(asked.body);
      open.push(() => asJson(response, text(id, params.name)));
    };
    const { url } = await proxy();
    const version = { 'mcp-protocol-version': '2025-06-18' };
    const answers = ['a', 'b'].map((name) => post(url, call(1, name), version));
    await until(() => open.length === 2);
    for (const answer of open) answer();
    await Promise.all(answers);
    for (const name of ['a', 'b']) {
      expect((await span(`tools/call ${name}`))?.attributes).toMatchObject({
        'spanpath.outcome': 'ok',
        'mcp.protocol.version': '2025-06-18',
      });
    }
    expect(collector.findings('duplicate_id')).toEqual([]);
  });

  it('knows the session of a message endpoint of 2024-11-05 by its path', async () => {
    const streams: { write(text: string): void }[] = [];
    upstream.answer = (asked, response) => {
      if (asked.method === 'GET') {
        asEvents(response);
        response.write(`event: endpoint\ndata: /messages/${streams.length}\n\n`);
        streams.push(response);
      } else {
        response.writeHead(202).end();
        const stream = streams[Number(asked.url.at(-1))];
        stream?.write(`data: ${JSON.stringify(text(JSON.parse(asked.body).id))}\n\n`);
      }
    };
    const { url, origin } = await proxy([], `${upstream.origin}/sse`);
    for (const name of ['a', 'b']) {
      const reader = (await fetch(url)).body?.getReader();
      const { value } = (await reader?.read()) ?? {};
      const path = /data: (\S+)/.exec(Buffer.from(value ?? []).toString())?.[1];
      const initialize = { id: 0, method: 'initialize', params: { protocolVersion: '2024-11-05' } };
      await post(`${origin}${path}`, initialize);
      await reader?.read();
      await post(`${origin}${path}`, call(1, name));
      await reader?.read();
      expect((await span(`tools/call ${name}`))?.attributes['spanpath.outcome']).toBe('ok');
    }
    expect(collector.findings('orphan_answer')).toEqual([]);
  });

  it.each([
    [['--http', 'nonsense'], '--http wants an http or https URL'],
    [['--http', 'ftp://example.com'], '--http wants an http or https URL'],
    [['--http', 'http://localhost:1', '--listen', '65536'], '--listen wants a port'],
  ])('refuses %j', async (words, message) => {
    const exit = await new ShimProcess(words).exit;
    expect(exit.code).toBe(2);
    expect(exit.stderr).toContain(`spanpath: ${message}`);
  });
});
