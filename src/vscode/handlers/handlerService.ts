import type * as vscode from 'vscode';
import type { CollectorRequests, HandlerInfo, HandlerPlace } from '../../core/protocol.js';
import type { SpanRef } from '../../core/trace/model.js';
import type { IndexerClient } from './indexerClient.js';

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
export class HandlerService {
  constructor(private readonly parts: HandlerServiceParts) {}

  /** The best answer there is, for showing; null when nothing stands behind the span. */
  async resolve(_span: SpanRef): Promise<HandlerInfo | null> {
    return null;
  }

  /** Opens the handler beside the view, with the cursor on it; asks when there are several. */
  async open(_span: SpanRef, _options: { preview?: boolean } = {}): Promise<OpenResult> {
    return { opened: false, reason: 'No handler was found.' };
  }

  /** Opens a frame of a stack; `span` says relative to which server its path is. */
  async openPlace(
    _span: SpanRef,
    _place: { file: string; line: number; column: number },
  ): Promise<OpenResult> {
    return { opened: false, reason: 'No file was found.' };
  }

  /** The handlers registered in one document, for lenses. */
  async handlersFor(document: vscode.TextDocument): Promise<readonly HandlerPlace[]> {
    const places = await this.parts.indexer.list();
    return places.filter((place) => place.file === document.uri.fsPath);
  }
}
