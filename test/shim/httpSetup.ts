/** A shim as a proxy before a server in the test's own process, and a collector beside it. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, until } from './shimProcess.js';
import { Upstream } from './upstream.js';

/** Of the test that runs. */
export let collector: FakeCollector;
export let upstream: Upstream;
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

/** A shim before `url`; `url` of the answer is where clients connect. */
export async function proxy(
  options: readonly string[] = [],
  url = `${upstream.origin}/mcp`,
  env = {},
) {
  const words = ['--endpoint', collector.endpoint, '--name', 'web', ...options, '--http', url];
  const shim = new ShimProcess(words, env);
  shims.push(shim);
  const own = await addressOf(shim);
  return { shim, url: own, origin: new URL(own).origin };
}

/** Where a proxy says that it listens; a shim that ends instead fails the test with its words. */
export async function addressOf(shim: ShimProcess): Promise<string> {
  let ended = false;
  void shim.exit.then(() => {
    ended = true;
  });
  const told = () => /http:\/\/127\.0\.0\.1:\d+\S*(?=\s)/.exec(shim.stderr)?.[0];
  await until(() => ended || told() !== undefined);
  const address = told();
  if (address !== undefined && !ended) return address;
  const { code, signal, stderr } = await shim.exit;
  throw new Error(`the shim ended (${signal ?? code}) before it listened: ${stderr.trim()}`);
}

export const call = (id: unknown, name = 'echo', more: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {}, ...more },
});
export const text = (id: unknown, words = 'done') => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text: words }] },
});

export const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const span = async (name = 'tools/call echo') => {
  await until(() => collector.named(name) !== undefined);
  return collector.named(name);
};

/** A request whose headers are what they are told to be. */
export function raw(url: string, method: string, headers: Record<string, string>, body: string) {
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
