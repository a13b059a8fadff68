import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setUpNode, setUpPython } from '../../../samples/setup.mjs';
import { root } from '../../../scripts/ensure.mjs';

const samples = join(root, 'samples');

/** True where the Python samples can run; installs what they need. */
export function hasPython(): boolean {
  const { ok, reason } = setUpPython();
  if (!ok && process.env.CI) throw new Error(reason);
  if (!ok) console.log(`The Python samples are left out: ${reason}`);
  return ok;
}

/** A folder of its own to open, removed at the end. */
export interface Workspace {
  readonly folder: string;
  /** Path of a file in it. */
  path(...names: string[]): string;
  write(name: string, text: string): void;
  remove(): void;
}

export function makeWorkspace(files: Record<string, string> = {}): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'spanpath-workspace-'));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    folder,
    write,
    path: (...names) => join(folder, ...names),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A copy of `samples/` that shares what is installed there. */
export function copySamples(): Workspace {
  const { ok, reason } = setUpNode();
  if (!ok) throw new Error(reason);
  const workspace = makeWorkspace();
  const installed = ['node_modules', '.venv'];
  cpSync(samples, workspace.folder, {
    recursive: true,
    filter: (path) => !installed.some((name) => path === join(samples, name)),
  });
  for (const name of installed) {
    if (existsSync(join(samples, name))) symlinkSync(join(samples, name), workspace.path(name));
  }
  return workspace;
}

/** `.vscode/mcp.json` with these servers. */
export function mcpJson(servers: Record<string, object>): string {
  return JSON.stringify({ servers }, null, 2);
}
