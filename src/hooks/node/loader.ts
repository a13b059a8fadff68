/** Runs on Node's loader thread (`module.register`), where `registerHooks` is not there yet. */
import { editCommonJs, editModule, isWatched } from './files.js';

interface Loaded {
  readonly format?: string | null;
  readonly source?: string | ArrayBuffer | Uint8Array | null;
}

export async function load(
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await nextLoad(url, context);
  return addToLoaded(url, loaded);
}

/** The same module with the hook's lines in it; anything else as it came. */
export function addToLoaded(url: string, loaded: Loaded): Loaded {
  const { source, format } = loaded;
  if (source === null || source === undefined) return loaded;
  const path = url.split(/[?#]/)[0] ?? '';
  if (!isWatched(path) || (format !== 'module' && format !== 'commonjs')) return loaded;
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  const edited = format === 'module' ? editModule(text, path, url) : editCommonJs(text, path);
  return { ...loaded, source: edited };
}
