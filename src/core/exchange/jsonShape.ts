/**
 * What is wanted of a JSON document: which containers are entered, and which values are handed
 * over whole. Everything else is skipped without being kept.
 */
export interface Shape {
  /** The value is handed over under this name. */
  readonly take?: string;
  /** Opening and closing of an object here is told under this name. */
  readonly tell?: string;
  /** An object here is entered for these members. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** The beginning of an array here is told under this name. */
  readonly tellList?: string;
  /** An array here is entered, each element of this shape. */
  elements?: Shape;
}

export interface JsonPlace {
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 0. */
  readonly byte: number;
}

export interface JsonListener {
  /** `bytes` are valid during the call only, and may still be ill-formed inside. */
  taken(name: string, bytes: Uint8Array, place: JsonPlace): void;
  opened(name: string, place: JsonPlace): void;
  closed(name: string): void;
  /** Something here was left out: one value, or the rest of its document. */
  failed(reason: string, place: JsonPlace): void;
}
