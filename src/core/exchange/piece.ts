import type { Signal } from '../otlp/schema.js';

/**
 * A complete OTLP export request in protobuf: what every reader gives and every writer takes. Of
 * bounded size, so that a file of any length passes through the memory of a few of these.
 */
export interface Piece {
  readonly signal: Signal['path'];
  readonly bytes: Uint8Array;
  /** Spans, log records or metrics inside. */
  readonly records: number;
}

/** The pieces of one signal, from the start each time; writers may go through them twice. */
export type PieceSource = (signal: Signal['path']) => AsyncIterable<Piece> | Iterable<Piece>;

/** Something of a file that could not be read; all around it was. */
export interface ReadProblem {
  /** Counts from 1; null in a binary file. */
  readonly line: number | null;
  /** Counts from 0, in the file after decompression. */
  readonly byte: number;
  readonly reason: string;
}

/** What came of reading one file; complete when its pieces are. */
export interface ReadReport {
  spans: number;
  logs: number;
  metrics: number;
  /** Records and lines that could not be read; every one is counted, the first ones are kept. */
  rejected: number;
  readonly problems: ReadProblem[];
}

/** Where a report counts the records of a signal. */
export const countOf = { traces: 'spans', logs: 'logs', metrics: 'metrics' } as const;

/** Problems kept with their place; the rest is only counted. */
export const maxProblems = 1_000;

export function emptyReport(): ReadReport {
  return { spans: 0, logs: 0, metrics: 0, rejected: 0, problems: [] };
}

export function noteProblem(report: ReadReport, problem: ReadProblem): void {
  report.rejected++;
  if (report.problems.length < maxProblems) report.problems.push(problem);
}

/** `line 12: traceId is missing or zero`, as the CLI and the editor show it. */
export function describeProblem({ line, byte, reason }: ReadProblem): string {
  return `${line === null ? `byte ${byte}` : `line ${line}`}: ${reason}`;
}
