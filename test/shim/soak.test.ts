import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, serverPath } from './shimProcess.js';

const calls = 100_000;
const inFlight = 32;
const perPart = calls / 5;
let collector: FakeCollector;

beforeAll(async () => {
  collector = await FakeCollector.start();
  // Takes everything and reads nothing: what is tested is the shim.
  collector.status = 200;
});
afterAll(() => collector.stop());

/** Anonymous memory of a process in MB: what is its own, without the pages of the Node binary. */
function ownMb(pid: number): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe.skipIf(process.platform !== 'linux')('a hundred thousand calls', () => {
  it('are all answered, in memory that does not grow with them', async () => {
    const words = [
      '--endpoint',
      collector.endpoint,
      '--',
      process.execPath,
      serverPath('mirror.mjs'),
      '/dev/null',
    ];
    const shim = new ShimProcess(words);
    // Counted, not kept.
    let lines = 0;
    let arrived = () => {};
    shim.child.stdout.removeAllListeners('data').on('data', (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 10) lines++;
      arrived();
    });
    const memory: number[] = [];
    for (let sent = 0; sent < calls; ) {
      for (let end = sent + perPart; sent < end; ) {
        const batch: string[] = [];
        for (let index = 0; index < inFlight; index++, sent++) {
          batch.push(
            `{"jsonrpc":"2.0","id":${sent},"method":"tools/call","params":{"name":"echo"}}\n`,
          );
          // The mirror's echo of it is a request of the server; this is the answer to both.
          batch.push(`{"jsonrpc":"2.0","id":${sent},"result":{}}\n`);
        }
        shim.child.stdin.write(batch.join(''));
        while (lines < sent * 2) {
          await new Promise<void>((resolve) => {
            arrived = resolve;
          });
        }
      }
      memory.push(ownMb(shim.child.pid ?? 0));
    }
    const exit = await shim.end();
    expect(exit.code).toBe(0);
    expect(lines).toBe(calls * 2);
    // The first part warms up; 24 MB are the bounds of what may wait, and no more.
    const [, ...later] = memory;
    expect(Math.max(...later) - (later[0] ?? 0)).toBeLessThan(24);
    expect(collector.requests).toBeGreaterThan(0);
  });
});

describe('a flood', () => {
  it('of notifications right before the end passes, and what telemetry lost of it is told', async () => {
    const count = 300_000;
    const code = `process.stdin.once('data', () => {
      const line = (i) => '{"method":"notifications/progress","params":{"progressToken":"p","progress":' + i + '}}\\n';
      for (let i = 0; i < ${count}; i += 1000) {
        print(Array.from({ length: 1000 }, (_, at) => line(i + at)).join(''));
      }
      print('{"id":1,"result":{}}\\n');
    })`;
    const shim = new ShimProcess(['--', process.execPath, serverPath('script.mjs'), code]);
    shim.call(1, 'flood', {}, { _meta: { progressToken: 'p' } });
    let lines = 0;
    shim.child.stdout.removeAllListeners('data').on('data', (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 10) lines++;
      if (lines > count) shim.child.stdin.end();
    });
    expect((await shim.exit).code).toBe(0);
    expect(lines).toBe(count + 1);
    const seen = await FakeCollector.start();
    seen.readSpool(shim.home);
    await seen.stop();
    const span = seen.named('tools/call flood');
    const lost = seen.findings('telemetry_dropped').length;
    // A fast machine reads it all.
    expect(Number(span !== undefined) + lost).toBeGreaterThan(0);
    if (span) expect(span.events.length).toBeLessThanOrEqual(256);
  });
});
