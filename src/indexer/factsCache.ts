import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileFacts } from '../core/source/facts.js';

/** Grows whenever the readers see more in the same text. */
export const factsVersion = 5;

interface CachedFile {
  /** Size and modification time, in ms, as they were when the file was read. */
  readonly size: number;
  readonly modified: number;
  readonly facts: FileFacts | null;
}

/** Facts of files between sessions, in one JSON file; a damaged one counts as empty. */
export class FactsCache {
  private readonly before: Map<string, CachedFile>;
  private readonly now = new Map<string, CachedFile>();

  constructor(private readonly path: string) {
    this.before = readCache(path);
  }

  find(file: string): CachedFile | undefined {
    const known = this.before.get(file);
    const state = known && statSync(file, { throwIfNoEntry: false });
    if (!known || !state || state.size !== known.size || state.mtimeMs !== known.modified)
      return undefined;
    this.now.set(file, known);
    return known;
  }

  put(file: string, facts: FileFacts | null): void {
    const state = statSync(file, { throwIfNoEntry: false });
    if (state) this.now.set(file, { size: state.size, modified: state.mtimeMs, facts });
  }

  /** Replaces the file as a whole; a failure only costs the next start some time. */
  async save(): Promise<void> {
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      const text = JSON.stringify({ version: factsVersion, files: [...this.now] });
      await writeFile(`${this.path}.new`, text, { mode: 0o600 });
      await rename(`${this.path}.new`, this.path);
    } catch {
      // The cache is only a matter of speed.
    }
  }
}

function readCache(path: string): Map<string, CachedFile> {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8'));
    return read.version === factsVersion ? new Map(read.files) : new Map();
  } catch {
    return new Map();
  }
}
