/** Which files a server's process is made from, as far as its command says. */
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import type { StdioServerConfig } from '../../core/mcp/config.js';

/** Changes in these belong to no running server. */
const foreign = /^(?:node_modules|site-packages|venv|env|__pycache__|__tests__|tests?|\..+)$/;
const script = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const families = [
  script,
  ['.py'],
  ['.go'],
  ['.rs'],
  ['.cs', '.csproj'],
  ['.java'],
  ['.kt', '.kts'],
];
/** Commands that make a program of the folder they run in: `go run .`, `python -m server`. */
const makers: Readonly<Record<string, readonly string[]>> = {
  ...{ python: ['.py'], python3: ['.py'], py: ['.py'], uv: ['.py'], poetry: ['.py'] },
  ...{ go: ['.go'], cargo: ['.rs'], dotnet: ['.cs', '.csproj'] },
  ...{ npm: script, pnpm: script, yarn: script, bun: script, deno: script },
};

export interface SourceFiles {
  /** Named by the command itself. */
  readonly named: readonly string[];
  /** What lies below this folder in one of these languages counts too. */
  readonly folder: string;
  readonly extensions: readonly string[];
}

/** Null when the command names nothing of the workspace: a package, an installed program. */
export function sourceFilesOf(
  { command, args, cwd }: StdioServerConfig,
  workspaceFolder: string,
): SourceFiles | null {
  const plain = (word: string) => word.replace(/\$\{workspaceFolder\}/g, () => workspaceFolder);
  const base = cwd === null ? workspaceFolder : resolve(workspaceFolder, plain(cwd));
  const named = [command, ...args]
    .map((word) => resolve(base, plain(word)))
    .filter((path) => familyOf(path) && isBelow(path, workspaceFolder));
  // What comes before the last one starts it: `node run.mjs server.py`.
  const entry = named.at(-1);
  if (entry) return { named, folder: dirname(entry), extensions: familyOf(entry) ?? [] };
  const made = makers[basename(command).replace(/\.(?:exe|cmd)$/i, '')];
  if (!made || !args.some((word) => /^(?:run|start|-m)$/.test(word))) return null;
  return { named, folder: base, extensions: made };
}

export function isSourceFile(path: string, { named, folder, extensions }: SourceFiles): boolean {
  if (named.includes(path)) return true;
  if (!extensions.includes(extname(path)) || !isBelow(path, folder)) return false;
  return !relative(folder, path)
    .split(sep)
    .some((part) => foreign.test(part));
}

function familyOf(path: string): readonly string[] | undefined {
  return families.find((family) => family.includes(extname(path)));
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
