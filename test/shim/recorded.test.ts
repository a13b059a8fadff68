import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expected, inWords, readRecorded } from './conversations/recorded.js';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, temporaryDir, until } from './shimProcess.js';

let collector: FakeCollector;
beforeAll(async () => {
  collector = await FakeCollector.start();
});
afterAll(() => collector.stop());

/** What the shim may add, and nothing else. */
const inserted =
  /,"params":\{"_meta":\{"traceparent":"[^"]{55}"\}\}|"_meta":\{"traceparent":"[^"]{55}"\},?|"traceparent":"[^"]{55}",?/g;

describe('a recorded conversation through the shim', () => {
  it.each(readRecorded().map((one) => [one.name, one] as const))('%s', async (name, recorded) => {
    const copy = join(temporaryDir(), 'copy');
    const server = ['test/shim/conversations/replayServer.mjs', recorded.file, copy];
    const options = ['--endpoint', collector.endpoint, '--name', name, '--no-hooks', '--'];
    const shim = new ShimProcess([...options, process.execPath, ...server]);
    let answers = 0;
    for (const { from, line } of recorded.entries) {
      if (from === 'server') answers++;
      else {
        await shim.lines(answers);
        shim.child.stdin.write(`${line}\n`);
      }
    }
    await shim.lines(answers);
    const spansOf = () => collector.spans.filter((span) => span.resource['service.name'] === name);
    await until(() => spansOf().length >= (expected[name]?.length ?? 0));
    const { stdout } = await shim.end();
    const said = (sender: string) =>
      recorded.entries
        .filter(({ from }) => from === sender)
        .map(({ line }) => `${line}\n`)
        .join('');
    expect(stdout.toString()).toBe(said('server'));
    const received = readFileSync(copy, 'utf8');
    expect(received.replace(inserted, '')).toBe(said('client'));
    const spans = spansOf();
    expect(spans.map(inWords)).toEqual(expected[name]);
    // Every request of the client carries the span that stands for it.
    for (const span of spans) {
      if (span.attributes['spanpath.direction']) continue;
      expect(received).toContain(`00-${span.traceId}-${span.spanId}-`);
    }
  });
});
