import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hookEnvironment, lineOf, parent, withServer } from './support/hooks.js';
import { OtlpSink } from './support/otlpSink.js';
import { installNodePackages, placeServer } from './support/packages.js';

const old = installNodePackages('node-old');
const v1 = installNodePackages('node-v1');
const v2 = installNodePackages('node-v2');
const versions = installNodePackages('node-versions');

let sink: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(() => sink.stop());

const run = (folder: string, file: string, node = process.execPath) => ({
  command: node,
  args: [placeServer(folder, file)],
  cwd: folder,
  env: hookEnvironment(sink.endpoint),
});

describe.skipIf(v1 === null || v2 === null || versions === null)('older Node', () => {
  it.each(['18', '20', '22'])('works the same on Node %s', async (version) => {
    const node = join(versions ?? '', `node_modules/node${version}/bin/node`);
    expect(existsSync(node)).toBe(true);
    for (const [folder, file] of [
      [v1 ?? '', 'lowlevel.cjs'],
      [v2 ?? '', 'v2.mjs'],
    ] as const) {
      const { value, exitCode } = await withServer(run(folder, file, node), async (client) => {
        const answer = await client.callTool('add', { a: 1, b: 2 }, parent.traceparent);
        await sink.until(() => sink.spans.some((span) => span.name === 'tools/call add'));
        return answer;
      });
      expect(value).toMatchObject({ result: { content: [{ text: '3' }] } });
      expect(exitCode).toBe(0);
      await sink.settled();
      sink.spans.length = 0;
    }
  });
});

describe.skipIf(old === null)('an older SDK', () => {
  it('has no private methods for what is registered: handlers are known all the same', async () => {
    const folder = old ?? '';
    const file = placeServer(folder, 'old.mjs');
    await withServer(run(folder, 'old.mjs'), async (client) => {
      await client.callTool('echo', { text: 'hi' }, parent.traceparent);
      await client.callTool('fails', {}, parent.traceparent);
      await client.request('prompts/get', { name: 'review', arguments: { code: 'x' } });
      await client.request('resources/read', { uri: 'fixed://one' });
      await client.request('resources/read', { uri: 'users://7' });
      await sink.until(() => sink.spans.filter((span) => span.kind === 2).length === 5);
    });
    await sink.settled();
    const lines: readonly [string, string][] = [
      ['tools/call echo', "'Says it again.'"],
      ['tools/call fails', 'function failing'],
      ['prompts/get review', "server.prompt('review'"],
      ['resources/read fixed://one', "server.resource('fixed'"],
      ['resources/read users://7', 'new ResourceTemplate('],
    ];
    for (const [name, text] of lines) {
      expect(sink.spans.find((span) => span.name === name)?.attributes, name).toMatchObject({
        'code.file.path': file,
        'code.line.number': lineOf(file, text),
      });
    }
    const handlers = sink.logs.filter((log) => log.eventName === 'spanpath.handler');
    expect(handlers.map(({ attributes }) => attributes['mcp.resource.uri'] ?? '').sort()).toEqual([
      '',
      '',
      '',
      'fixed://one',
      'users://{id}',
    ]);
  });
});
