import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawTree, hookEnvironment, parent, withServer } from './support/hooks.js';
import { OtlpSink } from './support/otlpSink.js';
import { installNodePackages, placeServer } from './support/packages.js';

const v1 = installNodePackages('node-v1');
const folder = v1 ?? '';

let sink: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(() => sink.stop());

const isSent = (name: string) => sink.spans.some((span) => span.name === name && span.kind === 2);

/** Calls tools one after the other, each when the span of the one before was sent. */
async function call(names: readonly string[], until: () => boolean = () => true): Promise<void> {
  const command = {
    command: process.execPath,
    args: [placeServer(folder, 'contexts.mjs')],
    cwd: folder,
    env: hookEnvironment(sink.endpoint),
  };
  await withServer(command, async (client) => {
    for (const name of names) {
      await client.callTool(name, {}, parent.traceparent);
      await sink.until(() => isSent(`tools/call ${name}`));
    }
    await sink.until(until);
  });
  await sink.settled();
}

describe.skipIf(v1 === null)('what happens in a call', () => {
  it('has a call to a server of the same process below it', async () => {
    await call(['asks'], () => isSent('tools/call looks_up'));
    expect(drawTree(sink, parent.spanId)).toEqual([
      'server tools/call asks',
      '  internal asks',
      '    server tools/call looks_up',
      '      internal looks_up',
      '        client GET',
    ]);
  });

  it('stands below a span that there is, also when the call has long been answered', async () => {
    // The first calls are slow and have spans of their own for their handlers; a later one has none.
    const names = Array.from({ length: 8 }, () => ['goes_on', 'lets_go_on']).flat();
    const requests = () => sink.spans.filter((span) => span.name === 'GET');
    await call(names, () => requests().length === 8);
    const known = new Set([parent.spanId, ...sink.spans.map((span) => span.spanId)]);
    expect(requests().map((span) => known.has(span.parentSpanId))).not.toContain(false);
    expect(requests().map((span) => span.traceId)).toEqual(requests().map(() => parent.traceId));
  });

  it('is seen when it fails in a way of its own', async () => {
    await call(['misses', 'times_out', 'breaks', 'upgrades']);
    const tree = drawTree(sink, parent.spanId).filter((line) => line.startsWith('    '));
    expect(tree).toEqual([
      '    internal exec no-such-program failed ENOENT',
      '    internal exec no-such-program failed ENOENT',
      '    client GET failed TimeoutError',
      '    client GET failed ECONNRESET',
      '    client GET',
    ]);
    const upgraded = sink.spans.find(
      (span) => span.attributes['http.response.status_code'] === 101,
    );
    expect(upgraded?.name).toBe('GET');
  });
});
