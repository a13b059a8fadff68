import { describe, expect, it } from 'vitest';
import { hookEnvironment, plainEnvironment, withServer } from './support/hooks.js';
import { OtlpSink } from './support/otlpSink.js';
import { installNodePackages, placeServer } from './support/packages.js';

const v1 = installNodePackages('node-v1');
const v2 = installNodePackages('node-v2');

const tools = [
  ...['loaded', 'top_level', 'direct', 'deep', 'waited', 'sync', 'order'],
  ...['registers', 'sets_handler', 'runs', 'runs_nothing', 'writes', 'fetches'],
];

/**
 * What the server's own code sees of each stack. V8 names a function without a name by the property
 * it finds it in, where the hook's stand-in for a resource's callback is: the one thing that differs.
 */
async function readStacks(folder: string, env: NodeJS.ProcessEnv): Promise<[string, string][]> {
  placeServer(folder, 'stacks.cjs');
  const command = {
    command: process.execPath,
    args: [placeServer(folder, 'stacks.mjs')],
    cwd: folder,
    env: { ...env, TEST_SDK: folder === v2 ? '2' : '1' },
  };
  const { value } = await withServer(command, async (client) => {
    const seen: [string, string][] = [];
    for (const name of tools) {
      const { result } = await client.callTool(name, {});
      seen.push([name, result?.content?.[0]?.text ?? '']);
    }
    const prompt = await client.request('prompts/get', { name: 'prompt', arguments: { a: 'x' } });
    const resource = await client.request('resources/read', { uri: 'r://7' });
    seen.push(
      ['prompt', JSON.stringify(prompt.result)],
      ['r', JSON.stringify(resource.result).replace('Object.readCallback', 'Object.<anonymous>')],
    );
    return seen;
  });
  return value;
}

describe.skipIf(v1 === null || v2 === null).each([
  { name: 'SDK 1.x', folder: v1 ?? '' },
  { name: 'SDK 2.x', folder: v2 ?? '' },
])('the stacks that a server on $name sees', ({ folder }) => {
  it('are those that it sees without the hook, line for line', async () => {
    const sink = await OtlpSink.start();
    try {
      const hooked = await readStacks(folder, hookEnvironment(sink.endpoint));
      const plain = await readStacks(folder, plainEnvironment());
      expect(hooked).toEqual(plain);
      for (const [name, stack] of plain.filter(([name]) => !/^(order|fetches)$/.test(name))) {
        expect(stack, name).toContain(' at ');
      }
    } finally {
      await sink.stop();
    }
  });
});
