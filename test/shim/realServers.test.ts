import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { installNpm, installPython, packageFile, pythonProgram } from './packages.js';
import { ShimProcess, serverPath, shimPath, temporaryDir, until } from './shimProcess.js';

let collector: FakeCollector;
beforeAll(async () => {
  collector = await FakeCollector.start();
});
afterAll(() => collector.stop());

const noNpm = installNpm();
const noPython = installPython();
const noFirstPython = installPython('pythonFirst');
const npmServer = (name: string) => [
  process.execPath,
  packageFile('@modelcontextprotocol', name, 'dist', 'index.js'),
];
const anchor = packageFile('.made-from');

interface Step {
  readonly method: string;
  readonly params?: object;
}
const call = (name: string, args: object = {}): Step => ({
  method: 'tools/call',
  params: { name, arguments: args },
});
const list = ['tools/list', 'ping'].map((method) => ({ method }));
/** Of the servers in Python here. */
const pythonSteps: readonly Step[] = [
  ...list,
  call('add', { a: 2, b: 3 }),
  call('fail'),
  {
    method: 'tools/call',
    params: { name: 'walk', arguments: { steps: 2 }, _meta: { progressToken: 'w' } },
  },
];

/** What a client that offers everything gets to hear, request by request. */
async function converse(
  words: readonly string[],
  program: readonly string[],
  steps: readonly Step[],
  settled: () => Promise<void> = async () => {},
) {
  const shim = new ShimProcess(words, {}, temporaryDir(), program);
  const heard: unknown[] = [];
  let read = 0;
  const answerTo = async (id: number): Promise<unknown> => {
    for (;;) {
      await until(() => shim.stdout.subarray(read).includes('\n'));
      const end = shim.stdout.indexOf('\n', read);
      const message = JSON.parse(shim.stdout.subarray(read, end).toString());
      read = end + 1;
      if (message.method === undefined && message.id === id) return message;
      // Notifications are heard too; requests of the server get an answer that says no.
      if (message.id === undefined) heard.push(message);
      else shim.send({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'no' } });
    }
  };
  const ask = async (id: number, step: Step) => {
    shim.send({ jsonrpc: '2.0', id, ...step });
    heard.push(await answerTo(id));
  };
  await ask(0, {
    method: 'initialize',
    params: {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    },
  });
  shim.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  for (const [index, step] of steps.entries()) await ask(index + 1, step);
  await settled();
  const exit = await shim.end();
  return { heard, code: exit.code };
}

interface Real {
  readonly name: string;
  readonly missing: string | null;
  /** Run twice, each time with a folder of its own. */
  readonly command: (folder: string) => readonly string[];
  readonly steps: (folder: string) => readonly Step[];
  /** What differs between any two runs. */
  readonly volatile?: RegExp;
}

const servers: readonly Real[] = [
  {
    name: 'server-everything',
    missing: noNpm,
    command: () => npmServer('server-everything'),
    volatile: /\d{1,2}:\d\d:\d\d [AP]M|\d{4}-\d\d-\d\dT[\d:.]+Z/g,
    steps: () => [
      ...list,
      call('echo', { message: 'héllo 🔧' }),
      call('get-sum', { a: 1, b: 2.5 }),
      call('get-annotated-message', { messageType: 'error', includeImage: true }),
      call('get-resource-links', { count: 2 }),
      call('get-resource-reference', { resourceType: 'Text', resourceId: 1 }),
      call('get-structured-content', { location: 'Chicago' }),
      call('get-tiny-image'),
      call('trigger-long-running-operation', { duration: 0.2, steps: 2 }),
      call('no-such-tool'),
      { method: 'prompts/list' },
      { method: 'resources/list' },
      { method: 'resources/templates/list' },
      { method: 'no/such/method' },
    ],
  },
  {
    name: 'server-filesystem',
    missing: noNpm,
    command: (folder) => [...npmServer('server-filesystem'), folder],
    steps: (folder) => [
      ...list,
      call('write_file', { path: join(folder, 'a.txt'), content: 'one\r\ntwo' }),
      call('read_text_file', { path: join(folder, 'a.txt') }),
      call('list_directory', { path: folder }),
      call('read_text_file', { path: '/etc/passwd' }),
    ],
  },
  {
    name: 'server-memory',
    missing: noNpm,
    command: () => npmServer('server-memory'),
    steps: () => [...list, call('open_nodes', { names: ['nobody'] })],
  },
  {
    name: 'the second SDK',
    missing: noNpm,
    command: () => [process.execPath, serverPath('v2.mjs'), anchor],
    steps: () => [...list, call('hello'), call('fail'), call('none')],
  },
  {
    name: 'mcp-server-time on the Python SDK',
    missing: noPython,
    command: () => [pythonProgram('mcp-server-time'), '--local-timezone', 'UTC'],
    volatile: /\d{4}-\d\d-\d\dT[\d:.+]+/g,
    steps: () => [
      ...list,
      call('convert_time', {
        source_timezone: 'UTC',
        time: '12:00',
        target_timezone: 'Asia/Tokyo',
      }),
      call('convert_time', { source_timezone: 'Nowhere', time: '12:00', target_timezone: 'UTC' }),
    ],
  },
  {
    name: 'fastmcp',
    missing: noPython,
    command: () => [pythonProgram('python'), serverPath('fast.py')],
    steps: () => pythonSteps,
  },
  {
    name: 'the first Python SDK',
    missing: noFirstPython,
    command: () => [pythonProgram('python', 'pythonFirst'), serverPath('first.py')],
    steps: () => pythonSteps,
  },
];

describe('a real server says the same through the shim as without it', () => {
  it.each(servers.map((server) => [server.name, server] as const))('%s', async (name, server) => {
    if (server.missing !== null) return;
    // A folder of the same name for both, so that paths in answers agree.
    const folder = resolve(temporaryDir(), 'files');
    const run = async (
      words: (command: readonly string[]) => readonly string[],
      program: readonly string[],
      settled?: () => Promise<void>,
    ) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'there.txt'), 'there');
      return converse(words(server.command(folder)), program, server.steps(folder), settled);
    };
    const steady = (value: unknown) =>
      server.volatile ? JSON.stringify(value).replace(server.volatile, '…') : JSON.stringify(value);
    const runner = ['-e', runCommand];
    const direct = await run((command) => ['--', ...command], runner);
    const options = ['--endpoint', collector.endpoint, '--name', name, '--no-hooks', '--'];
    const spansOf = () =>
      collector.spans.filter(
        (span) =>
          span.resource['spanpath.server.name'] === name && !span.attributes['spanpath.direction'],
      );
    const traced = await run(
      (command) => [...options, ...command],
      [shimPath],
      () => until(() => spansOf().length > server.steps(folder).length),
    );
    expect(steady(traced.heard)).toBe(steady(direct.heard));
    expect(traced.code).toBe(direct.code);
    expect(spansOf().map((span) => span.attributes['mcp.method.name'])).toEqual([
      'initialize',
      ...server.steps(folder).map(({ method }) => method),
    ]);
  });
});

/** Runs a command as if this process were it. */
const runCommand = `
  const { spawn } = require('node:child_process');
  const words = process.argv.slice(1);
  const child = spawn(words[0] === '--' ? words[1] : words[0], words.slice(words[0] === '--' ? 2 : 1), { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code));`;
