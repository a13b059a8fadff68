/**
 * Which files a module name may mean, by the rules of each language, best first. Only files of
 * the workspace are of interest: a package from outside resolves to nothing.
 */

/** What the resolver may ask of the workspace; paths are absolute, with `/`. */
export interface Workspace {
  exists(file: string): boolean;
  /** Folders of the workspace. */
  readonly folders: readonly string[];
  /** Folder of a package of the workspace (monorepo, Go module) by its name. */
  packageFolder(name: string): string | undefined;
  /** Source files directly in a folder. */
  list(folder: string): readonly string[];
  /** Files of that name anywhere in the workspace. */
  named(name: string): readonly string[];
}

/** Stands for the files that share their names with the asking one. */
export const samePackage = '.';

const scriptEndings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

export function resolveModule(
  workspace: Workspace,
  language: string,
  module: string,
  from: string,
): readonly string[] {
  switch (language) {
    case 'typescript':
      return resolveScript(workspace, module, from);
    case 'python':
      return resolvePython(workspace, module, from);
    case 'go':
      return resolveGo(workspace, module, from);
    case 'rust':
    case 'csharp':
    case 'java':
    case 'kotlin':
      return resolveByName(workspace, module, from);
    default:
      return [];
  }
}

function resolveScript(workspace: Workspace, module: string, from: string): string[] {
  if (module.startsWith('.')) return scriptFiles(workspace, joinPath(dirname(from), module));
  const alias = /^(?:@|~|#)\/(.+)$/.exec(module)?.[1] ?? /^#(.+)$/.exec(module)?.[1];
  if (alias) {
    return ancestors(workspace, from).flatMap((folder) => [
      ...scriptFiles(workspace, joinPath(folder, `src/${alias}`)),
      ...scriptFiles(workspace, joinPath(folder, alias)),
    ]);
  }
  const parts = module.split('/');
  const length = module.startsWith('@') ? 2 : 1;
  const folder = workspace.packageFolder(parts.slice(0, length).join('/'));
  const rest = parts.slice(length).join('/');
  if (folder) {
    const inside = rest ? [`src/${rest}`, rest] : ['src/index', 'index', 'src/main', 'lib/index'];
    return inside.flatMap((path) => scriptFiles(workspace, joinPath(folder, path)));
  }
  // `baseUrl`: `tools/echo` seen from `src`.
  if (parts.length < 2 || module.startsWith('@')) return [];
  return ancestors(workspace, from).flatMap((ancestor) =>
    scriptFiles(workspace, joinPath(ancestor, module)),
  );
}

/** `./echo.js` may be written for `echo.ts`; a folder means its index. */
function scriptFiles(workspace: Workspace, path: string): string[] {
  const bare = path.replace(/\.([cm]?)jsx?$/, '');
  const candidates = [
    ...(/\.[cm]?tsx?$/.test(path) ? [path] : []),
    ...scriptEndings.map((ending) => bare + ending),
    ...(bare === path ? [] : [path]),
    ...scriptEndings.map((ending) => `${path}${ending}`),
    ...scriptEndings.map((ending) => `${path}/index${ending}`),
  ];
  return candidates
    .filter((file, at) => workspace.exists(file) && candidates.indexOf(file) === at)
    .slice(0, 1);
}

function resolvePython(workspace: Workspace, module: string, from: string): string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const path = module.slice(dots).replaceAll('.', '/');
  const files = (folder: string): string[] => {
    const base = path ? joinPath(folder, path) : folder;
    return [`${base}.py`, `${base}/__init__.py`].filter((file) => workspace.exists(file));
  };
  if (dots > 0) return files(joinPath(dirname(from), '../'.repeat(dots - 1)));
  for (const folder of ancestors(workspace, from)) {
    const found = [...files(folder), ...files(joinPath(folder, 'src'))];
    if (found.length > 0) return found;
  }
  return [];
}

/** A type or module stands in a file of its name: `type:Names` → `Names.java`, `crate::names` → `names.rs`. */
function resolveByName(workspace: Workspace, module: string, from: string): readonly string[] {
  if (module === samePackage) return besides(workspace, from);
  const ending = from.slice(from.lastIndexOf('.'));
  const name = module.startsWith('type:')
    ? module.slice('type:'.length)
    : (module.split('::').at(-1) ?? '');
  if (!/^\w+$/.test(name)) return [];
  const found = workspace.named(`${name}${ending}`);
  // Two files of the same name leave it open which is meant.
  return found.length === 1 ? found : found.filter((file) => dirname(file) === dirname(from));
}

/** Every file of the folder belongs to the package. */
function besides(workspace: Workspace, from: string): string[] {
  const ending = from.slice(from.lastIndexOf('.'));
  return workspace.list(dirname(from)).filter((file) => file !== from && file.endsWith(ending));
}

/** An import path is the module's name of `go.mod` and a folder in it. */
function resolveGo(workspace: Workspace, module: string, from: string): readonly string[] {
  if (module === samePackage) return besides(workspace, from);
  for (let name = module; name.includes('/') || name === module; name = dirname(name)) {
    const folder = workspace.packageFolder(name);
    if (folder) return workspace.list(joinPath(folder, module.slice(name.length + 1)));
    if (!name.includes('/')) break;
  }
  return [];
}

/** The folder of a file and those around it, up to the workspace folder that holds it. */
function ancestors(workspace: Workspace, from: string): string[] {
  const root = workspace.folders.find((folder) => from.startsWith(`${folder}/`));
  const found: string[] = [];
  for (let at = dirname(from); root && at.length >= root.length; at = dirname(at)) found.push(at);
  return found;
}

export function dirname(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** Joins and removes `.` and `..`; keeps a leading `/` or drive. */
export function joinPath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.join('/');
}
