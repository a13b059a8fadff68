import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hookEnvironment, lineOf, parent, plainEnvironment, withServer } from './support/hooks.js';
import { OtlpSink } from './support/otlpSink.js';
import { installNodePackages, placeServer } from './support/packages.js';
import type { Answer } from './support/stdioClient.js';

const v1 = installNodePackages('node-v1');
const folder = v1 ?? '';

let sink: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(() => sink.stop());

function place(): string {
  placeServer(folder, 'banner.mjs');
  const logger = join(folder, 'node_modules/logger-of-the-test');
  mkdirSync(logger, { recursive: true });
  writeFileSync(
    join(logger, 'package.json'),
    '{"name":"logger-of-the-test","type":"module","exports":"./index.js"}',
  );
  writeFileSync(join(logger, 'index.js'), 'export const say = (text) => console.log(text);\n');
  return placeServer(folder, 'hard.mjs');
}

/** What the server answers and writes, and how it ends. */
async function run(tools: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv) {
  const command = { command: process.execPath, args: [...args, place()], cwd: folder, env };
  const { value, ...ended } = await withServer(command, async (client) => {
    const answers: Answer[] = [];
    for (const name of tools) answers.push(await client.callTool(name, {}, parent.traceparent));
    return answers;
  });
  await sink.settled();
  return { answers: value, ...ended };
}

const hooked = (extra: NodeJS.ProcessEnv = {}) => ({ ...hookEnvironment(sink.endpoint), ...extra });
const exceptionOf = (name: string) =>
  sink.spans.find((span) => span.name === name)?.events[0]?.attributes;
const isText = (text: string) => (log: { body: unknown }) => String(log.body).includes(text);

describe.skipIf(v1 === null)('a server of some peculiarity', () => {
  it.each([
    [['--frozen-intrinsics', '--no-warnings']],
    [['--enable-source-maps']],
    [['--disallow-code-generation-from-strings', '--stack-trace-limit=2']],
  ])('runs with %s as it does without the hook', async (args) => {
    const tools = ['logs', 'wraps', 'leaks'];
    const plain = await run(tools, args, plainEnvironment());
    expect(plain.exitCode).toBe(0);
    expect(await run(tools, args, hooked())).toEqual(plain);
    expect(sink.spans.filter((span) => span.kind === 2)).toHaveLength(3);
    const printed = sink.logs.find(isText('said by a logger'));
    expect(printed?.attributes['code.file.path']).toBe(join(folder, 'hard.mjs'));
  });

  it('keeps the way in which it prepares stacks, and is followed all the same', async () => {
    const { answers } = await run(['prepares'], [], hooked());
    expect(answers).toMatchObject([{ result: { content: [{ text: 'true' }] } }]);
    const written = sink.logs.find(isText('written meanwhile'));
    expect(written?.attributes['code.line.number']).toBe(
      lineOf(join(folder, 'hard.mjs'), "console.error('written meanwhile')"),
    );
  });

  it('has its own line where a package prints for it, or before the SDK was there', async () => {
    await run(['logs'], [], hooked());
    const places = sink.logs
      .filter((log) => log.eventName === 'spanpath.finding')
      .map(({ body, attributes }) => [
        body,
        attributes['code.file.path'],
        attributes['code.line.number'],
      ]);
    const file = join(folder, 'hard.mjs');
    expect(places).toEqual([
      ['printed before the SDK came', join(folder, 'banner.mjs'), 1],
      ['said by a logger', file, lineOf(file, "say('said")],
    ]);
  });

  it('shows what an exception was caused by', async () => {
    await run(['wraps'], [], hooked());
    const lines = String(exceptionOf('wrapping')?.['exception.stacktrace']).split('\n');
    expect(lines[0]).toBe('Error: outer');
    const at = lines.indexOf('Caused by: TypeError: deep down');
    expect(at).toBeGreaterThan(1);
    const file = join(folder, 'hard.mjs');
    expect(lines[at + 1]).toContain(`hard.mjs:${lineOf(file, "new TypeError('deep")}:`);
  });

  it('hides secrets in what the hook tells of it', async () => {
    await run(['leaks'], [], hooked());
    expect(exceptionOf('leaking')?.['exception.message']).toBe('refused: [redacted]');
    const sent = JSON.stringify([sink.spans, sink.logs]);
    expect(sent).toContain('password=[redacted] for [redacted]');
    expect(sent).not.toMatch(/hunter22|sk-abc|abcdefghijklmnop/);
  });

  it('is told of without its words where no content is to be kept', async () => {
    await run(['leaks', 'wraps', 'logs'], [], hooked({ SPANPATH_HOOK_CONTENT: 'none' }));
    expect(exceptionOf('wrapping')).toMatchObject({
      'exception.type': 'Error',
      'exception.message': '[redacted]',
    });
    expect(exceptionOf('wrapping')?.['exception.stacktrace']).toContain('hard.mjs:');
    const sent = JSON.stringify([sink.spans, sink.logs]);
    expect(sent).not.toMatch(/hunter22|refused|outer|deep down|said by|printed before/);
    expect(sink.spans.map((span) => span.name)).toContain('tools/call leaks');
  });
});
