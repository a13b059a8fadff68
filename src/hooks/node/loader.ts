/** Runs on Node's loader thread (`module.register`), where `registerHooks` is not there yet. */
import { appendToModule, isWatched } from './files.js';

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

/** The same module with the hook's line after it; anything else as it came. */
export function addToLoaded(url: string, loaded: Loaded): Loaded {
  const { source, format } = loaded;
  if (format !== 'module' || source === null || source === undefined) return loaded;
  const path = url.split(/[?#]/)[0] ?? '';
  if (!isWatched(path)) return loaded;
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return { ...loaded, source: appendToModule(text, url) };
}
