import type { Chunk } from '../store.js';

/** The chunks of an exported page, in memory: what the store is to a collector. */
export class PageStore {
  readonly path = null;
  private readonly chunks: Chunk[] = [];
  private readonly definitions = { resources: [] as Uint8Array[], scopes: [] as Uint8Array[] };

  transact<T>(work: () => T): T {
    return work();
  }

  append(chunk: Omit<Chunk, 'id'>): number {
    // A page's pieces are used once and dropped, so each chunk keeps bytes of its own.
    const body = chunk.body.slice();
    return this.chunks.push({ ...chunk, body, id: this.chunks.length + 1 });
  }

  /** `Definitions` asks once for each distinct body. */
  internDefinition(kind: 'resources' | 'scopes', body: Uint8Array): number {
    return this.definitions[kind].push(body.slice());
  }

  definition(kind: 'resources' | 'scopes', id: number): Uint8Array | null {
    return this.definitions[kind][id - 1] ?? null;
  }

  read(chunk: number, at: number, length: number): Uint8Array | null {
    return this.chunks[chunk - 1]?.body.subarray(at, at + length) ?? null;
  }
}
