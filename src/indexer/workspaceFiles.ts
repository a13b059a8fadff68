import { basename, dirname } from 'node:path';
import type { Workspace } from '../core/source/modules.js';

/** The files that a scan found, asked by name and by folder. */
export class WorkspaceFiles implements Workspace {
  private readonly byFolder = new Map<string, Set<string>>();
  private readonly byName = new Map<string, Set<string>>();
  private readonly packages = new Map<string, string>();

  constructor(readonly folders: readonly string[]) {}

  add(file: string): void {
    addTo(this.byFolder, dirname(file), file);
    addTo(this.byName, basename(file), file);
  }

  remove(file: string): void {
    this.byFolder.get(dirname(file))?.delete(file);
    this.byName.get(basename(file))?.delete(file);
    for (const [name, folder] of this.packages) {
      if (folder === dirname(file) && /\/(package\.json|go\.mod)$/.test(file))
        this.packages.delete(name);
    }
  }

  /** Takes the name of a package from `package.json` or of a module from `go.mod`. */
  addProject(file: string, text: string): void {
    const name = file.endsWith('go.mod')
      ? /^\s*module\s+(\S+)/m.exec(text)?.[1]
      : /"name"\s*:\s*"([^"]+)"/.exec(text)?.[1];
    if (name) this.packages.set(name, dirname(file));
  }

  exists(file: string): boolean {
    return this.byFolder.get(dirname(file))?.has(file) ?? false;
  }

  packageFolder(name: string): string | undefined {
    return this.packages.get(name);
  }

  list(folder: string): readonly string[] {
    return [...(this.byFolder.get(folder) ?? [])].sort();
  }

  named(name: string): readonly string[] {
    return [...(this.byName.get(name) ?? [])].sort();
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, file: string): void {
  const known = sets.get(key);
  if (known) known.add(file);
  else sets.set(key, new Set([file]));
}
