import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, serverPath, until } from './shimProcess.js';

/** Put together here, so that no scanner takes it for a real one. */
const token = `ghp_${'a1B2'.repeat(9)}`;
const keyBody = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';

let collector: FakeCollector;
beforeEach(async () => {
  collector = await FakeCollector.start();
});
afterEach(() => collector.stop());

const answers = [
  { id: 1, result: { isError: true, content: [{ type: 'text', text: `bad ${token}` }] } },
  { id: 2, error: { code: -1, message: `bad ${token}`, data: { password: 'hunter2' } } },
  { id: 3, result: { content: [{ type: 'text', text: `{"error":"${token}"}` }] } },
  { id: 4, result: {} },
];
const printed = [
  '{"level":30,"password":"hunter2","port":5432}',
  'started with {"password": "hunter2"}, {\\"token\\":\\"hunter2\\"} and \'secret\': \'hunter2\'',
  'GET postgres://me:hunter2@localhost/db, Cookie: a=1; b=hunter2',
  '-----BEGIN PRIVATE KEY-----',
  keyBody,
  '-----END PRIVATE KEY-----',
  'listening',
];
const lines = (of: readonly string[]) => JSON.stringify(of.map((line) => `${line}\n`).join(''));
const server = [
  process.execPath,
  serverPath('script.mjs'),
  `process.stdin.once('data', () => {
    complain(${lines(printed)});
    print(${lines([...printed, ...answers.map((answer) => JSON.stringify(answer))])});
  })`,
];

/** Everything that left the shim of a server that says its secrets wherever it can. */
async function overheard(content: string): Promise<string> {
  const options = ['--endpoint', collector.endpoint, '--content', content, '--no-hooks', '--'];
  const shim = new ShimProcess([...options, ...server]);
  const asked = [1, 2, 3].map((id) => ({ id, method: 'tools/call', params: { name: 't' } }));
  const read = { id: 4, method: 'resources/read', params: { uri: `https://x/y?token=${token}` } };
  const hang = { id: 5, method: 'tools/call', params: { name: 'hang' } };
  const reason = `not with ${token}`;
  const cancel = { method: 'notifications/cancelled', params: { requestId: 5, reason } };
  const all = [...asked, read, hang, cancel].map((message) => `${JSON.stringify(message)}\n`);
  shim.child.stdin.write(all.join(''));
  await shim.lines(printed.length + answers.length);
  await until(() => collector.spans.length >= 5);
  await shim.end();
  collector.readSpool(shim.home);
  expect(collector.spans.length).toBe(5);
  return JSON.stringify([collector.spans, collector.logs, collector.live], (_key, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

describe('a secret', () => {
  it.each(['redacted', 'keys', 'none'])(
    'leaves in no message, status, name, log or finding with %s',
    async (content) => {
      const all = await overheard(content);
      for (const secret of [token, 'hunter2', keyBody]) expect(all).not.toContain(secret);
      const kept = content === 'redacted';
      expect(all.includes('listening')).toBe(kept);
      const said = collector.spans.map(({ statusMessage }) => statusMessage);
      const bad = 'bad [redacted]';
      expect(said.sort()).toEqual(
        kept
          ? ['', bad, bad, 'not with [redacted]', 'the payload says: error = "[redacted]"']
          : ['', '', '', '', ''],
      );
    },
  );

  it('leaves with full', async () => {
    const all = await overheard('full');
    for (const secret of [token, 'hunter2', keyBody]) expect(all).toContain(secret);
  });
});
