import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { HandlerKind, HandlerPlace } from '../core/protocol.js';
import type { FileFacts } from '../core/source/facts.js';
import { languageOfFile, mayConcernHandlers } from '../core/source/languages.js';
import { linkHandlers } from '../core/source/link.js';
import { resolveModule } from '../core/source/modules.js';
import type { Sources } from '../core/source/program.js';
import { matchesName } from '../core/source/rank.js';
import type { Grammar } from '../core/source/syntax.js';
import type { FactsCache } from './factsCache.js';
import { maxFileBytes, Parsers } from './parsers.js';
import { isIndexed, isProjectFile, scanFolder } from './scanFolders.js';
import { WorkspaceFiles } from './workspaceFiles.js';

/** Files read between two breaths, so that a question is answered while the index is built. */
const batchSize = 16;

interface Entry {
  /** Undefined: read, and not about handlers. */
  readonly facts: FileFacts | undefined;
  /** Parsed only because something imports it. */
  readonly onDemand: boolean;
}

/** The registrations of a set of folders, kept true as files change. */
export class HandlerIndex implements Sources {
  private readonly parsers: Parsers;
  private readonly entries = new Map<string, Entry>();
  private workspace = new WorkspaceFiles([]);
  private linked: HandlerPlace[] | undefined;

  constructor(
    grammarDir: string,
    private readonly cache: FactsCache | null = null,
  ) {
    this.parsers = new Parsers(grammarDir);
  }

  /** Reads the folders; `onProgress` is called after each batch. A later call replaces the folders. */
  async open(
    folders: readonly string[],
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<void> {
    const roots = folders.map((folder) => folder.replaceAll('\\', '/').replace(/\/+$/, ''));
    const workspace = new WorkspaceFiles(roots);
    this.workspace = workspace;
    this.entries.clear();
    this.linked = undefined;
    const files = (await Promise.all(roots.map(scanFolder))).flat();
    for (const file of files) workspace.add(file);
    await this.loadGrammars(files);
    for (let at = 0; at < files.length && this.workspace === workspace; at += batchSize) {
      await Promise.all(files.slice(at, at + batchSize).map((file) => this.readAhead(file)));
      this.linked = undefined;
      onProgress(Math.min(at + batchSize, files.length), files.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.workspace === workspace) await this.cache?.save();
  }

  /** Reads files that were created or changed, forgets those that are gone. */
  async update(files: readonly string[]): Promise<void> {
    const wanted = files
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => isIndexed(file, this.workspace.folders));
    await this.loadGrammars(wanted);
    for (const file of wanted) {
      this.entries.delete(file);
      this.workspace.remove(file);
      if (isFile(file)) {
        this.workspace.add(file);
        await this.readAhead(file);
      }
    }
    if (wanted.length > 0) this.linked = undefined;
  }

  list(): readonly HandlerPlace[] {
    this.linked ??= linkHandlers(this);
    return this.linked;
  }

  find(kind: HandlerKind, name: string): readonly HandlerPlace[] {
    return this.list().filter((place) => place.kind === kind && matchesName(place, name));
  }

  load(file: string): FileFacts | undefined {
    const known = this.entries.get(file);
    if (known && (known.facts || known.onDemand)) return known.facts;
    const facts = this.workspace.exists(file) ? this.parse(file, readText(file)) : undefined;
    this.entries.set(file, { facts, onDemand: true });
    return facts;
  }

  resolve(module: string, from: string): readonly string[] {
    return resolveModule(this.workspace, languageOfFile(from)?.name ?? '', module, from);
  }

  *files(): Iterable<readonly [string, FileFacts]> {
    for (const [file, { facts, onDemand }] of this.entries)
      if (facts && !onDemand) yield [file, facts];
  }

  private async loadGrammars(files: readonly string[]): Promise<void> {
    const grammars = new Set<Grammar>();
    for (const file of files) {
      const language = languageOfFile(file);
      if (language?.grammar) grammars.add(language.grammar);
    }
    await this.parsers.load(grammars);
  }

  private async readAhead(file: string): Promise<void> {
    const cached = this.cache?.find(file);
    if (cached && !isProjectFile(file)) {
      this.entries.set(file, { facts: cached.facts ?? undefined, onDemand: false });
      return;
    }
    const text = await readFile(file, 'utf8').catch(() => '');
    if (isProjectFile(file)) {
      this.workspace.addProject(file, text);
      return;
    }
    const facts = mayConcernHandlers(text) ? this.parse(file, text) : undefined;
    this.entries.set(file, { facts, onDemand: false });
    this.cache?.put(file, facts ?? null);
  }

  private parse(file: string, text: string): FileFacts | undefined {
    return text.length > maxFileBytes ? undefined : this.parsers.read(file, text);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
