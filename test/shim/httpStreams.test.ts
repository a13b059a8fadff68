import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { call, collector, post, proxy, raw, span, text, upstream } from './httpSetup.js';
import { until } from './shimProcess.js';
import { asEvents, asJson } from './upstream.js';

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

  const encodings: Record<string, (text: string) => Buffer> = {
    gzip: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
  };
  it.each(Object.entries(encodings))(
    'is read when the server compresses with %s, and passed on as it came',
    async (encoding, compress) => {
      const fails = { ...text(1), result: { isError: true, content: [] } };
      const body = compress(JSON.stringify(fails));
      upstream.answer = (_asked, response) => {
        const json = { 'content-type': 'application/json', 'content-encoding': encoding };
        response.writeHead(200, json).end(body);
      };
      const { url } = await proxy();
      const stateless = { 'mcp-protocol-version': '2026-07-28' };
      for (const [name, headers] of [['a', {}] as const, ['b', stateless] as const]) {
        const answer = await raw(url, 'POST', headers, JSON.stringify(call(1, name)));
        expect(answer.body.equals(body)).toBe(true);
        const seen = await span(`tools/call ${name}`);
        expect(seen?.attributes['spanpath.outcome']).toBe('tool_error');
      }
    },
  );

  it('is an answer when the server compresses as nobody knows', async () => {
    upstream.answer = (_asked, response) => {
      const json = { 'content-type': 'application/json', 'content-encoding': 'rot13' };
      response.writeHead(200, json).end('{"wfbaepc":"2.0"}');
    };
    const { url } = await proxy();
    await raw(url, 'POST', {}, JSON.stringify(call(1)));
    expect((await span())?.attributes['spanpath.outcome']).toBe('ok');
  });

  it('may end before the answer, which then comes where the client takes it up', async () => {
    upstream.answer = (asked, response) => {
      asEvents(response);
      if (asked.method === 'POST') response.end('id: 7\nretry: 10\ndata:\n\n');
      else response.end(`id: 8\ndata: ${JSON.stringify(text(1))}\n\n`);
    };
    const { url } = await proxy();
    const session = { 'mcp-session-id': 's' };
    await (await post(url, call(1), session)).text();
    // Another call, so that the first has been read when it is taken up.
    upstream.answer = (asked, response) =>
      asked.method === 'POST' ? asJson(response, text(2)) : asEvents(response);
    await (await post(url, call(2, 'other'), session)).text();
    await span('tools/call other');
    expect(collector.named('tools/call echo')).toBeUndefined();
    upstream.answer = (_asked, response) => {
      asEvents(response);
      response.end(`id: 8\ndata: ${JSON.stringify(text(1))}\n\n`);
    };
    await (await fetch(url, { headers: { ...session, 'last-event-id': '7' } })).text();
    expect((await span())?.attributes['spanpath.outcome']).toBe('ok');
    expect(collector.findings('orphan_answer')).toEqual([]);
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
