import * as vscode from 'vscode';
import type {
  CollectorRequests,
  HandlerInfo,
  HandlerKind,
  HandlerPlace,
} from '../../core/protocol.js';
import type { SpanRef } from '../../core/trace/model.js';
import { askPlaces } from './callPlaces.js';
import { chooseCandidate } from './chooseCandidate.js';
import { describeSearch, type Found, findPlaces, type Search } from './findPlaces.js';
import type { IndexerClient } from './indexerClient.js';
import { locateReported } from './locateFile.js';
import { openSource } from './openSource.js';
import { readSnippet } from './readSnippet.js';
import { WorkspaceIndex } from './workspaceIndex.js';

/** The requests of the collector that finding a handler needs. */
export interface CollectorClient {
  request<M extends keyof CollectorRequests & string>(
    method: M,
    params: CollectorRequests[M]['params'],
  ): Promise<CollectorRequests[M]['result']>;
}

export interface HandlerServiceParts {
  readonly collector: CollectorClient;
  readonly indexer: IndexerClient;
  readonly output: { appendLine(line: string): void };
}

/** `opened` false always comes with a reason that says what was looked for and where. */
export interface OpenResult {
  readonly opened: boolean;
  readonly reason: string | null;
}

/** From a span to the line of its handler, and to any other line that a span names. */
export class HandlerService implements vscode.Disposable {
  private readonly index: WorkspaceIndex;

  constructor(private readonly parts: HandlerServiceParts) {
    this.index = new WorkspaceIndex(parts.indexer);
  }

  /** Called after the index read something new, so that lenses may be drawn again. */
  get onDidChange(): vscode.Event<void> {
    return this.index.onDidChange;
  }

  /** The best answer there is, for showing; null when nothing stands behind the span. */
  async resolve(span: SpanRef): Promise<HandlerInfo | null> {
    const { found } = await this.search(span);
    const best = found[0];
    if (!best) return null;
    return {
      source: best.source,
      label: vscode.workspace.asRelativePath(best.file, folderCount() > 1),
      file: best.file,
      line: best.line,
      column: best.column,
      how: best.how,
      snippet: best.isInside ? await readSnippet(best.file, best.line) : null,
      candidates: found.length,
    };
  }

  /** Opens the handler beside the view, with the cursor on it; asks when there are several. */
  async open(span: SpanRef, options: { preview?: boolean } = {}): Promise<OpenResult> {
    const { found, search } = await this.search(span);
    if (found.length === 0) return { opened: false, reason: describeSearch(search) };
    const chosen = await chooseCandidate(found, search);
    if (!chosen) return { opened: false, reason: 'No handler was chosen.' };
    return openSource(chosen, options);
  }

  /** Opens a frame of a stack; `span` says relative to which server its path is. */
  async openPlace(
    span: SpanRef,
    place: { file: string; line: number; column: number },
  ): Promise<OpenResult> {
    const call = await askPlaces(this.parts.collector, span);
    const located = await locateReported({ ...place, cwd: call?.serverCwd ?? null });
    if (located) return openSource(located, {});
    const reason = `${place.file} was not found: looked for it ${placesLooked(call?.serverCwd ?? null)}.`;
    return { opened: false, reason };
  }

  /** Opens a handler by name, e.g. from the Servers view, without any call. */
  async openByName(server: string, kind: HandlerKind, name: string): Promise<OpenResult> {
    const measured = await this.parts.collector
      .request('handler/places', { server, kind, name })
      .catch(() => []);
    const search = { server, serverCwd: null, kind, name, spans: [], measured };
    const found = await findPlaces(search, this.index);
    if (found.length === 0) return { opened: false, reason: describeSearch(search) };
    const chosen = await chooseCandidate(found, search);
    return chosen ? openSource(chosen, {}) : { opened: false, reason: 'No handler was chosen.' };
  }

  /** The handlers registered in one document, for lenses. */
  async handlersFor(document: vscode.TextDocument): Promise<readonly HandlerPlace[]> {
    const path = document.uri.fsPath.replaceAll('\\', '/');
    return (await this.index.list()).filter((place) => place.file === path);
  }

  dispose(): void {
    this.index.dispose();
  }

  private async search(span: SpanRef): Promise<{ found: readonly Found[]; search: Search | null }> {
    const search = await askPlaces(this.parts.collector, span);
    if (!search) return { found: [], search };
    const found = await findPlaces(search, this.index);
    if (found.length === 0) this.parts.output.appendLine(describeSearch(search));
    return { found, search };
  }
}

function folderCount(): number {
  return vscode.workspace.workspaceFolders?.length ?? 0;
}

function placesLooked(cwd: string | null): string {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  return [
    'as it is',
    ...(cwd ? [`below ${cwd}`] : []),
    ...folders.map((folder) => `below ${folder}`),
  ].join(', ');
}
