import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Piece } from '../../core/exchange/piece.js';
import { PieceBuilder } from '../../core/exchange/pieceBuilder.js';
import { eachField } from '../../core/exchange/readProtobuf.js';
import type { Session } from '../session.js';
import type { Chunk, ChunkSignal, Store } from '../store.js';
import type { Selection } from './selection.js';

const chunksAtOnce = 16;

/**
 * What a session holds of one signal, in the order of its arrival, as pieces for a writer. Chunks
 * are read a few at a time, and others get their turn between them; what arrives meanwhile is not
 * part of it. `last` is the newest chunk that is.
 */
export async function* storePieces(
  session: Session,
  signal: ChunkSignal,
  selection: Selection | null,
  last: number,
): AsyncGenerator<Piece, void, void> {
  let ready: Piece[] = [];
  const builder = new PieceBuilder(signal, (piece) => ready.push(piece));
  for (const store of session.stores) {
    let after = 0;
    for (;;) {
      const chunks = store.chunksAfter(after, chunksAtOnce).filter(({ id }) => id <= last);
      for (const chunk of chunks) {
        after = chunk.id;
        if (chunk.signal === signal) addChunk(builder, store, chunk, selection);
      }
      const given = ready;
      ready = [];
      yield* given;
      if (chunks.length < chunksAtOnce) break;
      await nextTurn();
    }
  }
  builder.finish();
  yield* ready;
}

function addChunk(
  builder: PieceBuilder,
  store: Store,
  chunk: Chunk,
  selection: Selection | null,
): void {
  let opened = false;
  eachField(chunk.body, 0, chunk.body.length, (field, from, to) => {
    if (field !== 2 || (selection && !selection.has(chunk, from, to))) return;
    if (!opened) {
      opened = true;
      builder.openGroup();
      builder.setEncodedResource(store.definition('resources', chunk.resource) ?? new Uint8Array());
      builder.openScoped();
      builder.setEncodedScope(store.definition('scopes', chunk.scope) ?? new Uint8Array());
    }
    builder.addEncoded(chunk.body.subarray(from, to));
  });
  if (!opened) return;
  builder.closeScoped();
  builder.closeGroup();
}
