import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AnswerAhead } from '../../src/core/protocol.js';
import { firstQuestion } from '../../src/core/view/firstView.js';
import { encodeTold, mcp, requestOf } from '../unit/core/trace/telling.js';
import { listRows, makeFolder, post, run, token, until } from './running.js';

const told = { id: 'a', kind: 3, attributes: mcp('search'), scope: 'spanpath.shim' };

describe('OTLP over HTTP', () => {
  it('takes protobuf and answers with an empty protobuf message', async () => {
    const collector = await run();
    const response = await post(collector, encodeTold(told));
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/x-protobuf',
    ]);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(await listRows(collector)).toEqual(['0 search']);
  });

  it('takes JSON and answers with JSON', async () => {
    const collector = await run();
    const response = await post(collector, requestOf(told));
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(await listRows(collector)).toEqual(['0 search']);
  });

  it('takes gzip', async () => {
    const collector = await run();
    const body = new Uint8Array(gzipSync(encodeTold(told)));
    expect((await post(collector, body, { headers: { 'Content-Encoding': 'gzip' } })).status).toBe(
      200,
    );
    expect(await listRows(collector)).toHaveLength(1);
  });

  it('takes an empty request of either encoding as a success', async () => {
    const collector = await run();
    expect((await post(collector, new Uint8Array())).status).toBe(200);
    expect((await post(collector, {})).status).toBe(200);
  });

  it.each(['traces', 'logs', 'metrics'])('has a route for %s', async (signal) => {
    const collector = await run();
    expect((await post(collector, {}, { path: `/v1/${signal}` })).status).toBe(200);
  });

  it('says how many spans it rejected, and why', async () => {
    const collector = await run();
    const request = requestOf(told) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
    request.resourceSpans[0]!.scopeSpans[0]!.spans.push({ name: 'no ids' }, { traceId: 'not hex' });
    const response = await post(collector, request);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: 'traceId is not hex' },
    });
    expect(await listRows(collector)).toHaveLength(1);
  });

  it.each([
    ['application/x-protobuf', Buffer.from([0x0a, 0xff, 0x01]), /reaches past/],
    ['application/json', Buffer.from('{'), /not JSON/],
  ])('refuses broken %s with 400 and a status in that encoding', async (type, body, reason) => {
    const collector = await run();
    const response = await post(collector, new Uint8Array(body), {
      headers: { 'Content-Type': type },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, type]);
    expect(await response.text()).toMatch(reason);
  });

  it('refuses other types with 415, other methods with 405, other paths with 404', async () => {
    const collector = await run();
    expect((await post(collector, 'x', { headers: { 'Content-Type': 'text/plain' } })).status).toBe(
      415,
    );
    expect((await post(collector, 'x', { headers: { 'Content-Encoding': 'br' } })).status).toBe(
      415,
    );
    const got = await fetch(`${collector.endpoint}/v1/traces`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await post(collector, {}, { path: '/v1/profiles' })).status).toBe(404);
  });

  it('folds a retried request into one span', async () => {
    const collector = await run();
    await post(collector, encodeTold(told));
    await post(collector, encodeTold(told));
    expect(await listRows(collector)).toHaveLength(1);
  });

  it('keeps logs with their span', async () => {
    const collector = await run();
    await post(collector, encodeTold(told));
    const { traceId, spanId } = collector.session.index.refOf(0);
    const logRecords = [
      {
        timeUnixNano: '1790000000000000001',
        severityText: 'INFO',
        body: { stringValue: 'hello' },
        traceId,
        spanId,
      },
    ];
    await post(
      collector,
      { resourceLogs: [{ scopeLogs: [{ logRecords }] }] },
      { path: '/v1/logs' },
    );
    const details = await collector.handlers['span/details']({ traceId, spanId });
    expect(details?.logs).toMatchObject([{ severityText: 'INFO', body: 'hello' }]);
    expect(details?.row.marks).toHaveLength(1);
  });
});

describe('who may speak to the collector', () => {
  it('wants the token everywhere but at /healthz', async () => {
    const collector = await run({ webviewDirectory: 'media' });
    expect((await fetch(`${collector.endpoint}/healthz`)).status).toBe(200);
    for (const path of ['/v1/traces', '/v1/logs', '/ui/', '/ui/main.js', '/live', '/anything']) {
      for (const headers of [
        {},
        { Authorization: 'Bearer wrong' },
        { Authorization: `Basic ${token}` },
      ]) {
        const response = await fetch(collector.endpoint + path, {
          headers: headers as Record<string, string>,
        });
        expect([path, response.status]).toEqual([path, 401]);
      }
    }
  });

  it('takes the token in an address for the browser view only', async () => {
    const collector = await run({ webviewDirectory: 'media' });
    expect((await fetch(`${collector.endpoint}/ui/?token=${token}`)).status).toBe(200);
    expect(
      (await fetch(`${collector.endpoint}/v1/traces?token=${token}`, { method: 'POST' })).status,
    ).toBe(401);
  });

  it('gives the files of the view under an address that changes with them, to be kept', async () => {
    const directory = makeFolder();
    const collector = await run({ webviewDirectory: directory });
    const get = async (path: string) => {
      const response = await fetch(`${collector.endpoint}/ui/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return { text: await response.text(), kept: response.headers.get('cache-control') };
    };
    const address = async () => /src="(main[^"]+)"/.exec((await get('')).text)?.[1] ?? '';
    for (const [name, text] of [
      ['main.css', ''],
      ['main.js', 'first'],
    ] as const) {
      writeFileSync(join(directory, name), text);
    }
    const first = await address();
    expect(await get(first)).toEqual({ text: 'first', kept: expect.stringContaining('immutable') });
    writeFileSync(join(directory, 'main.js'), 'second');
    expect(await address()).not.toBe(first);
    expect(await get(first)).toEqual({ text: 'second', kept: 'no-store' });
  });

  it('answers in the page itself what the view asks first, and no name ends the block', async () => {
    const name = '</script><script>broken = 1</script>';
    const collector = await run({ webviewDirectory: makeFolder() });
    await post(collector, requestOf({ ...told, name, attributes: mcp(name) }));
    const response = await fetch(`${collector.endpoint}/ui/?token=${token}`);
    const [, block = '', rest] =
      /<script type="application\/json" id="ahead">([^<>]*)<\/script>([\s\S]*)$/.exec(
        await response.text(),
      ) ?? [];
    expect(rest?.trim()).toBe('</body>\n</html>');
    const answers = JSON.parse(block) as AnswerAhead[];
    expect(answers.map(({ method, params }) => [method, params])).toEqual([
      ['rows/list', firstQuestion],
      ['session/summary', null],
    ]);
    expect(answers[0]?.result).toMatchObject({ total: 1, rows: [{ name }] });
    expect(answers[1]?.result).toMatchObject({ spans: 1 });
  });

  it.each(['evil.example', 'evil.example:4318', '127.0.0.1.evil.example', '192.168.1.5'])(
    'refuses Host %j, as DNS rebinding would send it',
    async (host) => {
      const collector = await run();
      expect(await statusWith(collector.endpoint, { host })).toBe(403);
    },
  );

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://localhost'])(
    'refuses a page of origin %s',
    async (origin) => {
      const collector = await run();
      expect(await statusWith(collector.endpoint, { origin })).toBe(403);
    },
  );

  it('listens on 127.0.0.1 alone', async () => {
    const collector = await run();
    expect(collector.receiver.server.address()).toMatchObject({ address: '127.0.0.1' });
  });

  it('serves no file outside its folder', async () => {
    const collector = await run({ webviewDirectory: 'media' });
    for (const path of [
      '/ui/../package.json',
      '/ui/%2e%2e/package.json',
      '/ui/..%2fpackage.json',
      '/ui//etc/passwd',
    ]) {
      expect([path, await statusWith(collector.endpoint, {}, path)]).not.toEqual([path, 200]);
    }
  });
});

describe('what could hurt the collector', () => {
  it('refuses a body that grows past 64 MiB, before it has grown', async () => {
    const collector = await run();
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(200 * 1024 * 1024)));
    const before = process.memoryUsage().rss;
    const response = await post(collector, bomb, { headers: { 'Content-Encoding': 'gzip' } });
    expect(response.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    expect((await post(collector, encodeTold(told))).status).toBe(200);
  });

  it('refuses a body that says it is too long at once', async () => {
    const collector = await run();
    const socket = connect(Number(new URL(collector.endpoint).port), '127.0.0.1');
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`,
    );
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('refuses JSON that is nested 200,000 levels deep', async () => {
    const collector = await run();
    expect((await post(collector, '['.repeat(200_000) + ']'.repeat(200_000))).status).toBe(400);
  });

  it('refuses headers without end, and goes on', async () => {
    const collector = await run();
    const socket = connect(Number(new URL(collector.endpoint).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST /v1/traces HTTP/1.1\r\n${'X: y\r\n'.repeat(20_000)}`);
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(String(data)));
      socket.once('close', () => resolve('closed'));
    });
    expect(answer).toMatch(/431|closed/);
    expect((await post(collector, encodeTold(told))).status).toBe(200);
  });

  it('closes connections past its limit and still answers', async () => {
    const collector = await run();
    const port = Number(new URL(collector.endpoint).port);
    const sockets = Array.from({ length: 2_000 }, () =>
      connect(port, '127.0.0.1').on('error', () => {}),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const open = await new Promise<number>((resolve) =>
      collector.receiver.server.getConnections((_, count) => resolve(count)),
    );
    expect(open).toBeLessThanOrEqual(256);
    for (const socket of sockets) socket.destroy();
    // It may still be about to see that they are gone.
    const isTaken = () => post(collector, encodeTold(told)).then(({ ok }) => ok);
    await until(() => isTaken().catch(() => false));
  });
});

function statusWith(
  endpoint: string,
  headers: Record<string, string>,
  path = '/v1/traces',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const request = httpRequest(
      {
        hostname,
        port,
        path,
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end('{}');
  });
}
