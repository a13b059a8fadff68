import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { FullText } from '../../../src/collector/fullText.js';
import { Ingest } from '../../../src/collector/ingest.js';
import { Session } from '../../../src/collector/session.js';
import { makeCalls, makeRequest } from './otlpLoad.js';

/** Grows when what the file holds changes. */
const version = 2;
const spansOfBody = 512;
export const bigSpans = 100_000;
const callsOfBody = 128;
const spansOfCall = 4;
const callBodies = 400;
const total = 1_000_000;

const bigSeed = 9_999;

/** Id of the trace that holds 100,000 spans. */
export const bigTrace = `00000abc${bigSeed.toString(16).padStart(12, '0')}000000000001`;

/**
 * A store of a million spans: 51,200 MCP calls of four spans, one trace of 100,000 spans, and the
 * rest traces of 32 spans. Made once and kept, since making it takes longer than measuring.
 */
export function millionSpans(): string {
  const folder = resolve('out/bench/stores');
  const path = `${folder}/million-${version}.db`;
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.making`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(unfinished + suffix, { force: true });
  const session = new Session(unfinished);
  const ingest = new Ingest(session);
  const put = (body: Uint8Array) => ingest.receive([{ signal: 'traces', body }]);
  const plain = total - bigSpans - callBodies * callsOfBody * spansOfCall;
  const plainBodies = Math.floor(plain / spansOfBody);
  const everyBodies = Math.floor(plainBodies / callBodies);
  for (let seed = 0; seed < plainBodies; seed++) {
    put(makeRequest(seed, spansOfBody).protobuf);
    const calls = Math.floor(seed / everyBodies);
    if (seed % everyBodies === 0 && calls < callBodies) put(makeCalls(seed, callsOfBody));
    if (seed === plainBodies >> 1) put(makeRequest(bigSeed, bigSpans, bigSpans, seed).protobuf);
  }
  // As a collector leaves it behind that had time for it.
  const fullText = new FullText(session);
  while (fullText.advance());
  session.store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  session.close();
  renameSync(unfinished, path);
  return path;
}

/** Row id of a call's row, to fold it. */
export function callRow(place: number): string {
  const word = (number: number): string => number.toString(16).padStart(8, '0');
  return `00000def${word(0).slice(4)}${word(0)}${word(0).slice(4)}${word(place + 1)}:${word(1)}${word(place * 4 + 1)}`;
}

/** Row id of one of its spans below the first. */
export function bigRow(place: number): string {
  const word = (number: number): string => number.toString(16).padStart(8, '0');
  return `${bigTrace}:${word(bigSeed + 1)}${word(place + 2)}`;
}
