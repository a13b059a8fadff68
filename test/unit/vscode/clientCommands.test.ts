import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

interface Row {
  readonly label: string;
  readonly file?: { readonly path: string };
}

let told: string[] = [];
/** The user's answer to each message, told by its beginning. */
let answer: (text: string) => string | undefined = () => undefined;
const commands = new Map<string, () => Promise<void>>();
const folders: { uri: { fsPath: string } }[] = [];
const say = async (text: string) => {
  told.push(text);
  return answer(text);
};
vi.mock('vscode', () => ({
  workspace: {
    workspaceFolders: folders,
    getConfiguration: () => ({ get: (_: string, otherwise: unknown) => otherwise }),
  },
  commands: {
    registerCommand: (id: string, run: () => Promise<void>) => {
      commands.set(id.replace('spanpath.', ''), run);
      return { dispose() {} };
    },
  },
  window: {
    showInformationMessage: say,
    showErrorMessage: say,
    showQuickPick: async (rows: readonly Row[], options: { canPickMany?: boolean }) => {
      if (options.canPickMany) return rows;
      return rows.find(({ file }) => file?.path.startsWith(folder)) ?? rows[0];
    },
  },
}));
const { registerClientCommands } = await import('../../../src/vscode/clients/clientCommands.js');

let folder: string;
let file: string;
const state = new Map<string, unknown>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spanpath-clients-'));
  file = join(folder, '.mcp.json');
  vi.stubEnv('SPANPATH_HOME', join(folder, 'home'));
  const distDir = join(folder, 'dist');
  mkdirSync(join(distDir, 'hooks'), { recursive: true });
  for (const name of ['shim.js', 'telemetry.js']) writeFileSync(join(distDir, name), '');
  write({ one: { command: 'node', args: ['one.js'] } });
  folders.splice(0, 1, { uri: { fsPath: folder } });
  told = [];
  state.clear();
  registerClientCommands({
    state: {
      get: (key: string, otherwise: unknown) => state.get(key) ?? otherwise,
      update: async (key: string, value: unknown) => void state.set(key, value),
    } as never,
    ...{ distDir, storageDir: join(folder, 'storage'), version: '1' },
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A busy machine is slow, which is no failure. */
const patience = { timeout: 20_000 };

function write(servers: object): void {
  writeFileSync(file, JSON.stringify({ mcpServers: servers }, null, 2));
}
function servers(path = file): Record<string, { command: string; args: string[] }> {
  return JSON.parse(readFileSync(path, 'utf8')).mcpServers;
}
const backup = () => `${file}.before-spanpath`;
const run = (command: string) => commands.get(command)?.();
const agree = (text: string) => (text.startsWith('Trace ') ? 'Change the File' : undefined);

describe("tracing in another client's file", () => {
  it('wraps its servers, keeps the old file, and takes the shim out again', async () => {
    const before = readFileSync(file, 'utf8');
    answer = agree;
    await run('traceInClient');
    expect(servers().one?.args.slice(-3)).toEqual(['--', 'node', 'one.js']);
    expect(readFileSync(backup(), 'utf8')).toBe(before);
    await run('untraceInClient');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('keeps what the client wrote while the question stood open', async () => {
    answer = (text) => {
      if (text.startsWith('Trace ')) {
        write({ one: { command: 'node', args: ['newer.js'] }, two: { command: 'deno' } });
      }
      return agree(text);
    };
    await run('traceInClient');
    expect(servers().one?.args.at(-1)).toBe('newer.js');
    expect(servers().two).toEqual({ command: 'deno' });
    expect(servers(backup()).two).toEqual({ command: 'deno' });
  });

  it('can be undone at once', async () => {
    const before = readFileSync(file, 'utf8');
    answer = (text) => (text.includes('when it starts next') ? 'Undo' : agree(text));
    await run('traceInClient');
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toBe(before), patience);
  });

  it('leaves the backup alone when a further server is traced later', async () => {
    answer = agree;
    await run('traceInClient');
    const first = readFileSync(backup(), 'utf8');
    write({ ...servers(), two: { command: 'deno' } });
    await run('traceInClient');
    expect(servers().two?.args.slice(-2)).toEqual(['--', 'deno']);
    expect(readFileSync(backup(), 'utf8')).toBe(first);
  });

  it('says what is wrong when the file cannot be changed', async () => {
    answer = (text) => {
      if (text.startsWith('Trace ')) rmSync(file);
      return agree(text);
    };
    await run('traceInClient');
    expect(told.at(-1)).toMatch(/configuration was not changed: ENOENT.*\.mcp\.json/);
    expect(existsSync(backup())).toBe(false);
  });

  it('of a file that is gone meanwhile is forgotten', async () => {
    answer = agree;
    await run('traceInClient');
    rmSync(file);
    await run('untraceInClient');
    expect(told.at(-1)).toMatch(/is gone, so nothing is traced there any more/);
    await run('untraceInClient');
    expect(told.at(-1)).toBe('No other client is traced.');
  });
});
