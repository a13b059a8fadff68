import childProcess, { ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outbox } from '../../../src/shim/outbox.js';

/** What Node itself was asked to start. */
interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

let launches: Launch[] = [];
let folder: string;
const platform = Object.getOwnPropertyDescriptor(process, 'platform');

// Before the first import of cross-spawn, which looks at the platform once.
beforeAll(() => {
  Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
  folder = mkdtempSync(join(tmpdir(), 'spanpath-windows-'));
  // Separators of Windows, by which a script of npm's is recognised.
  for (const name of ['my server.cmd', 'node_modules\\.bin\\server.cmd', 'server.exe']) {
    writeFileSync(join(folder, name), '@echo off\r\n');
  }
  vi.stubEnv('PATHEXT', '.COM;.EXE;.BAT;.CMD');
  vi.stubEnv('comspec', 'C:\\Windows\\System32\\cmd.exe');
  vi.spyOn(childProcess, 'spawn').mockImplementation(((
    command: string,
    args: readonly string[],
    options: SpawnOptions,
  ) => {
    launches.push({ command, args, options });
    const child = Object.assign(new ChildProcess(), { pid: undefined });
    queueMicrotask(() => child.emit('error', new Error('nothing is started here')));
    return child;
  }) as never);
});
beforeEach(() => {
  launches = [];
});
afterAll(() => {
  if (platform) Object.defineProperty(process, 'platform', platform);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** How the shim would start this command on Windows. */
async function launch(file: string, args: readonly string[]): Promise<Launch> {
  const { runStdio } = await import('../../../src/shim/stdio.js');
  const command = [join(folder, file), ...args];
  launches = [];
  await expect(
    runStdio({ command, env: { SERVER: 'yes' }, inject: true }, {} as Outbox),
  ).rejects.toThrow('nothing is started here');
  const [only] = launches;
  if (!only || launches.length > 1) throw new Error(`${launches.length} processes were started`);
  return only;
}

/**
 * One reading of a line by cmd.exe, outside quotes: `^` takes the meaning from what follows.
 * Throws where a sign still has its own meaning and would start, join or expand something.
 */
function readByCmd(line: string): string {
  let read = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    if (sign === '^') read += line[++at] ?? '';
    else if (/[&|<>()%!"\r\n]/.test(sign)) throw new Error(`${sign} is free at ${at} in ${line}`);
    else read += sign;
  }
  return read;
}

/** A command line taken apart as Microsoft's C runtime does it. */
function splitArguments(line: string): string[] {
  const found: string[] = [];
  let current: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
    const next = line[at + slashes];
    if (slashes > 0 && next === '"') {
      current = (current ?? '') + '\\'.repeat(slashes >> 1);
      at += slashes - 1;
      if (slashes % 2 === 1) {
        current += '"';
        at++;
      }
    } else if (line[at] === '"') {
      quoted = !quoted;
      current ??= '';
    } else if (/[ \t]/.test(line[at] ?? '') && !quoted) {
      if (current !== null) found.push(current);
      current = null;
    } else current = (current ?? '') + (line[at] ?? '');
  }
  if (current !== null) found.push(current);
  return found;
}

/** The line behind `/c`, without the quotes that `/s` takes away. */
function innerLine({ command, args, options }: Launch): string {
  expect(command).toBe('C:\\Windows\\System32\\cmd.exe');
  expect(args.slice(0, 3)).toEqual(['/d', '/s', '/c']);
  expect(args).toHaveLength(4);
  expect(options.windowsVerbatimArguments).toBe(true);
  return /^"(.*)"$/s.exec(args[3] ?? '')?.[1] ?? '';
}

const nasty = fc.array(
  fc
    .string({
      unit: fc.constantFrom(...'ab \t"\\&|<>()%!^;,*?`\'$=~[]{}é'.split('')),
      maxLength: 12,
    })
    .filter((text) => !text.includes('\n')),
  { maxLength: 5 },
);

/**
 * cross-spawn 7.0.6 doubles only the last of several backslashes before a quote or the end. Clients
 * of the MCP SDKs start servers with it too, so such an argument comes as it does without the shim.
 */
const isGarbled = (text: string): boolean => /\\{2,}("|$)/.test(text);

describe('a server on Windows', () => {
  it('whose command is a .cmd is started by cmd.exe with its arguments as they were', async () => {
    const args = ['--dir', 'C:\\Program Files\\x y\\', 'say "hi" & del *.*', '%PATH%', '', '^'];
    const started = await launch('my server.cmd', args);
    // A command with a space in it stays one word, since each space has its caret.
    const line = readByCmd(innerLine(started));
    const command = join(folder, 'my server.cmd');
    expect(line.startsWith(`${command} `)).toBe(true);
    expect(splitArguments(line.slice(command.length))).toEqual(args);
    expect(started.options).toMatchObject({
      env: { SERVER: 'yes' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  });

  it('that is an .exe is started without cmd.exe', async () => {
    const args = ['a b', '"c"', '&'];
    const started = await launch('server.exe', args);
    expect([started.command, started.args]).toEqual([join(folder, 'server.exe'), args]);
  });

  it('gets any arguments through cmd.exe, and none of them becomes a command', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (args) => {
        const line = readByCmd(innerLine(await launch('my server.cmd', args)));
        if (args.some(isGarbled)) return;
        expect(splitArguments(line.slice(join(folder, 'my server.cmd').length))).toEqual(args);
      }),
    );
  });

  it('that npm put into node_modules/.bin reads its line twice, and it holds both times', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (args) => {
        const line = readByCmd(innerLine(await launch('node_modules\\.bin\\server.cmd', args)));
        const given = readByCmd(line.slice(line.indexOf('server.cmd') + 'server.cmd'.length));
        if (args.some(isGarbled)) return;
        expect(splitArguments(given)).toEqual(args);
      }),
    );
  });
});
