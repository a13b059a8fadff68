import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hookDirectory, serverFile } from './python/drive.js';
import { hasPython, prepareEnvironment } from './python/environments.js';
import { OtlpSink } from './support/otlpSink.js';
import { StdioClient } from './support/stdioClient.js';

interface Behaviour {
  /** Every answer by what was asked. */
  readonly answers: Record<string, unknown>;
  /** Lines on stdout that are no protocol. */
  readonly printed: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number | null;
}

const tools = [
  'tracebacks',
  'identities',
  'child_environment',
  'complain',
  'context',
  'raises',
  'raises_later',
  'raises_frozen',
  'raises_unspeakable',
  'raises_failing',
  'raises_refused',
  'structured',
  'wants_number',
  'no_such_tool',
];

async function behave(python: string, env: NodeJS.ProcessEnv): Promise<Behaviour> {
  const client = new StdioClient({
    command: python,
    args: [serverFile('never')],
    cwd: process.cwd(),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '', ...env },
  });
  try {
    await client.initialize();
    const answers: Record<string, unknown> = { list: await client.request('tools/list', {}) };
    for (const tool of tools) answers[tool] = await client.callTool(tool, {});
    answers.prompt = await client.request('prompts/get', { name: 'broken' });
    answers.resource = await client.request('resources/read', { uri: 'never://broken' });
    const code = await client.end();
    const lines = client.stdout.split('\n');
    return {
      answers: JSON.parse(same(JSON.stringify(answers))) as Record<string, unknown>,
      printed: lines.filter((line) => !line.startsWith('{')),
      stderr: same(client.stderr).split('\n'),
      code,
    };
  } finally {
    client.kill();
  }
}

/** Addresses, times, ids and processes differ between any two runs. */
function same(text: string): string {
  return text
    .replace(/0x[0-9a-f]+/g, '0x')
    .replace(/\[?\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\]?/g, (time) => ' '.repeat(time.length))
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'uuid');
}

/** Python 3.10 has no way to take a frame out of a traceback that is on its way. */
const environments = [
  { name: 'mcp-1', minors: [11, 13, 12], keepsFrames: false },
  { name: 'mcp-1.9', minors: [10], keepsFrames: true },
  { name: 'mcp-2', minors: [13, 12, 11], keepsFrames: false },
  { name: 'fastmcp-3', minors: [12, 11, 13], keepsFrames: false },
];

describe.runIf(hasPython()).each(environments)(
  'a server on $name',
  ({ name, minors, keepsFrames }) => {
    let sink: OtlpSink;
    let without: Behaviour;
    let hooked: Behaviour;
    beforeAll(async () => {
      sink = await OtlpSink.start();
      const { python } = prepareEnvironment(name, minors);
      const sdk = { TEST_SDK: name.startsWith('fastmcp') ? 'fastmcp' : 'mcp' };
      without = await behave(python, sdk);
      hooked = await behave(python, {
        ...sdk,
        PYTHONPATH: hookDirectory,
        SPANPATH_HOOK_PYTHONPATH: '',
        SPANPATH_HOOK_ENDPOINT: sink.endpoint,
        SPANPATH_HOOK_SERVER: 'never',
      });
    });
    afterAll(() => sink?.stop());

    it('is looked into', async () => {
      // The last batches may still be on their way when the server has gone.
      const names = () => sink.spans.map((span) => span.name);
      await expect.poll(names, { timeout: 20_000 }).toContain('tools/call raises_refused');
      const raised = sink.spans.filter((span) => /^raises_(?!unspeakable)/.test(span.name));
      expect(raised.map((span) => span.events[0]?.attributes['exception.type'])).toEqual([
        'RuntimeError',
        'Frozen',
        'Failing',
        'Refused',
      ]);
      expect(sink.logs.filter((log) => String(log.body).includes('hook failed'))).toEqual([]);
    });

    it.each([...tools, 'list', 'prompt', 'resource'].filter((tool) => tool !== 'tracebacks'))(
      'answers %s as it does without the hook',
      (tool) => {
        expect(without.answers[tool]).toBeDefined();
        expect(hooked.answers[tool]).toEqual(without.answers[tool]);
      },
    );

    it.skipIf(keepsFrames)('raises what it raises, with the same tracebacks', () => {
      expect(hooked.answers.tracebacks).toEqual(without.answers.tracebacks);
      expect(JSON.stringify(without.answers.tracebacks)).toContain('no-such-program');
    });

    it('prints the same to stdout and stderr, and ends with the same code', () => {
      expect(hooked.printed).toEqual(without.printed);
      expect(hooked.stderr).toEqual(without.stderr);
      expect(without.code).toBe(7);
      expect(hooked.code).toBe(7);
    });
  },
);
