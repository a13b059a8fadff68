/** Calls everything a server offers, through the built shim, with the SDK's own client. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

const dist = resolve(process.env.SPANPATH_DIST ?? 'dist');
export const hookDirectory = join(dist, 'hooks', 'python');
export const serverFile = (name: string): string =>
  resolve(import.meta.dirname, 'servers', `${name}.py`);

export interface Drive {
  readonly endpoint: string;
  readonly token?: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly shimOptions?: readonly string[];
  /** Awaited before the server is told to end. */
  readonly settled?: () => Promise<void>;
  /** Absent: each tool once, without arguments. */
  readonly tools?: readonly string[];
}

export interface Driven {
  readonly answers: ReadonlyMap<string, CallToolResult>;
  readonly stderr: string;
}

/** Resolves when the server has ended and its telemetry was sent. */
export async function drive(options: Drive): Promise<Driven> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      join(dist, 'shim.js'),
      '--endpoint',
      options.endpoint,
      '--name',
      'under-test',
      ...(options.shimOptions ?? []),
      '--',
      ...options.command,
    ],
    env: {
      ...(process.env as Record<string, string>),
      // Modules are compiled once, not for each server.
      PYTHONDONTWRITEBYTECODE: '',
      SPANPATH_HOME: mkdtempSync(join(tmpdir(), 'spanpath-python-')),
      ...(options.token ? { SPANPATH_TOKEN: options.token } : {}),
      ...options.env,
    },
    ...(options.cwd ? { cwd: options.cwd } : {}),
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const client = new Client({ name: 'interop', version: '1' });
  // A server that prints is what some of these tests are about.
  client.onerror = () => {};
  await client.connect(transport).catch((error: unknown) => {
    throw new Error(`the server did not start: ${stderr}`, { cause: error });
  });
  const { _process: shim } = transport as unknown as { _process: ChildProcess };
  const ended = once(shim, 'close');
  const answers = new Map<string, CallToolResult>();
  try {
    await callAll(client, options, answers);
  } finally {
    await options.settled?.();
    // The SDK's own way ends by force what takes longer than two seconds.
    shim.stdin?.end();
    await ended;
    await client.close();
  }
  return { answers, stderr };
}

async function callAll(
  client: Client,
  options: Drive,
  answers: Map<string, CallToolResult>,
): Promise<void> {
  const offered = (await client.listTools()).tools.map((tool) => tool.name);
  for (const name of options.tools ?? offered) {
    answers.set(name, (await client.callTool({ name, arguments: {} })) as CallToolResult);
  }
  if (options.tools === undefined && client.getServerCapabilities()?.prompts) {
    for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
  }
  if (options.tools === undefined && client.getServerCapabilities()?.resources) {
    for (const { uri } of (await client.listResources()).resources)
      await client.readResource({ uri });
    const { resourceTemplates } = await client.listResourceTemplates();
    for (const { uriTemplate } of resourceTemplates) {
      await client.readResource({ uri: uriTemplate.replace(/\{\w+\}/, 'north') });
    }
  }
}

export function textOf(answer: CallToolResult | undefined): string {
  const [first] = answer?.content ?? [];
  return first?.type === 'text' ? first.text : '';
}
