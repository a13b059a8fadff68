import type { Expr, FileFacts } from './facts.js';
import { samePackage } from './modules.js';
import type { Sources } from './program.js';

/** What a name means that a file lets others see: an expression of the file that defines it. */
export interface Exported {
  readonly file: string;
  readonly expr: Expr;
}

/**
 * Looks names up in other files, each once. Where a file passes other modules on whole, these are
 * asked too, each at most once for a name: modules may pass each other on in circles. Files of one
 * package see each other, but that is nothing they pass on.
 */
export class ExportIndex {
  private readonly resolved = new Map<string, readonly string[]>();
  private readonly asked = new Map<string, readonly (readonly Exported[])[]>();
  private readonly found = new Map<string, readonly Exported[]>();

  constructor(private readonly sources: Sources) {}

  /** The files that a module's name may mean, each with what it exports under `name`. */
  find(module: string, name: string, from: string): readonly (readonly Exported[])[] {
    const key = `${name}\0${module}\0${from}`;
    let answers = this.asked.get(key);
    if (!answers) {
      answers = this.resolve(module, from)
        .map((file) => this.exportsOf(file, name))
        .filter((exported) => exported.length > 0);
      this.asked.set(key, answers);
    }
    return answers;
  }

  resolve(module: string, from: string): readonly string[] {
    const key = `${module}\0${from}`;
    let files = this.resolved.get(key);
    if (!files) {
      files = this.sources.resolve(module, from);
      this.resolved.set(key, files);
    }
    return files;
  }

  /** Every name that a module has for others. */
  names(module: string, from: string): string[] {
    const names = new Set<string>();
    const seen = new Set<string>();
    const waiting = [...this.resolve(module, from)];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const facts = this.sources.load(file);
      for (const name of Object.keys(facts?.exports ?? {})) names.add(name);
      for (const star of facts?.stars ?? []) waiting.push(...this.resolve(star, file));
    }
    return [...names];
  }

  private exportsOf(file: string, name: string): readonly Exported[] {
    const key = `${file}\0${name}`;
    let exported = this.found.get(key);
    if (!exported) {
      exported = this.search(file, name, new Set());
      this.found.set(key, exported);
    }
    return exported;
  }

  private search(file: string, name: string, seen: Set<string>): readonly Exported[] {
    if (seen.has(file)) return [];
    seen.add(file);
    const facts = this.sources.load(file);
    if (!facts) return [];
    const own = ownExport(facts, name);
    if (own) return own.map((expr) => ({ file, expr }));
    for (const star of facts.stars) {
      if (star === samePackage) continue;
      for (const other of this.resolve(star, file)) {
        const found = this.search(other, name, seen);
        if (found.length > 0) return found;
      }
    }
    return [];
  }
}

function ownExport(facts: FileFacts, name: string): readonly Expr[] | undefined {
  return Object.hasOwn(facts.exports, name) ? facts.exports[name] : undefined;
}
