import type { CollectorEvents, CollectorRequests } from '../../core/protocol.js';
import type { Ingest } from '../ingest.js';
import type { Handlers } from '../queries.js';
import type { Session } from '../session.js';
import { exportToFile } from './exportSession.js';
import { importFile } from './importFile.js';

export interface TransferParts {
  readonly session: Session;
  readonly ingest: Ingest;
  /** `dist/webview`, for exported pages. */
  readonly pageDirectory: string;
  readonly onProgress: (progress: CollectorEvents['transfer/progress']) => void;
}

const progressMs = 100;

/** Imports and exports that were asked for over Rpc, each to be cancelled by its id. */
export class Transfers {
  private readonly running = new Map<string, AbortController>();

  constructor(private readonly parts: TransferParts) {}

  get handlers(): Handlers<
    Pick<CollectorRequests, 'session/import' | 'session/export' | 'transfer/cancel'>
  > {
    const { session, ingest, pageDirectory } = this.parts;
    return {
      'session/import': ({ id, path }) =>
        this.run(id, (control) => importFile(ingest, path, control)),
      'session/export': ({ id, path, format, traceId, query }) =>
        this.run(id, (control) =>
          exportToFile(session, { format, traceId, query, pageDirectory, ...control }, path),
        ),
      'transfer/cancel': ({ id }) => {
        this.running.get(id)?.abort(new Error('cancelled'));
        return null;
      },
    };
  }

  stop(): void {
    for (const controller of this.running.values()) controller.abort(new Error('stopped'));
  }

  private async run<T>(
    id: string,
    work: (control: { signal: AbortSignal; onProgress: (part: number) => void }) => Promise<T>,
  ): Promise<T> {
    if (this.running.has(id)) throw new Error(`a transfer '${id}' runs already`);
    const controller = new AbortController();
    this.running.set(id, controller);
    let toldAt = 0;
    try {
      return await work({
        signal: controller.signal,
        onProgress: (part) => {
          const now = Date.now();
          if (now - toldAt < progressMs) return;
          toldAt = now;
          this.parts.onProgress({ id, part });
        },
      });
    } finally {
      this.running.delete(id);
    }
  }
}
