import { layers, outcomes } from './model.js';
import { flag, noOutcome, type SpanColumns } from './spanColumns.js';

/** Place of a layer in the chain of one call, outermost first; -1 outside it. */
const chainRank = layers.map((layer) =>
  ['tool', 'mcp-client', 'wire', 'mcp-server'].indexOf(layer),
);
const wire = layers.indexOf('wire');
const wireRank = chainRank[wire]!;
const internal = layers.indexOf('internal');
const okOutcome = outcomes.indexOf('ok');
const cancelled = outcomes.indexOf('cancelled');
/** Transport spans (HTTP client and server) that may stand between two links of a chain. */
const maxBetween = 3;
/** A span with more than that below it is not searched further for its wire. */
const maxSearched = 64;

/**
 * Counts logical calls: one for each chain `execute_tool` → client → wire → server, however many
 * of its spans there are, kept true while they arrive. The wire stands for its chain, since it knows
 * the server and how the call really ended; where none was seen, the outermost span does.
 */
export class CallCounter {
  calls = 0;
  errors = 0;
  running = 0;
  /** Those of `calls` that only keep the protocol going. */
  protocol = 0;

  constructor(
    private readonly columns: SpanColumns,
    private readonly isProtocol: (slot: number) => boolean,
  ) {}

  clear(): void {
    this.calls = 0;
    this.errors = 0;
    this.running = 0;
    this.protocol = 0;
  }

  /** To be called before a slot changes. */
  forget(slot: number): void {
    this.add(slot, -1);
    const { flags } = this.columns;
    flags[slot] = flags[slot]! & ~flag.call;
  }

  /** To be called after a slot changed and was linked. */
  count(slot: number): void {
    const { flags } = this.columns;
    this.add(slot, -1);
    flags[slot] = this.isHead(slot) ? flags[slot]! | flag.call : flags[slot]! & ~flag.call;
    this.add(slot, 1);
    if (this.columns.layer[slot] === wire) this.recountAbove(slot);
  }

  /** A wire came or went: it stands for what is above it in its chain, or no longer does. */
  recountAbove(slot: number): void {
    const { layer, parent } = this.columns;
    let above = parent[slot]!;
    for (let between = 0; above !== -1 && between <= maxBetween; above = parent[above]!) {
      const rank = chainRank[layer[above]!]!;
      if (rank >= wireRank) return;
      if (rank >= 0) this.count(above);
      else if (this.isTransport(above)) between++;
      else return;
    }
  }

  /** A slot arrived or went: what is below it may have become part of its call, or a call. */
  recountBelow(slot: number, between = 0): void {
    const { firstChild, next, layer } = this.columns;
    for (let child = firstChild[slot]!; child !== -1; child = next[child]!) {
      if (chainRank[layer[child]!]! >= 0) this.count(child);
      else if (between < maxBetween && this.isTransport(child))
        this.recountBelow(child, between + 1);
    }
  }

  private add(slot: number, by: number): void {
    const { flags, outcome, duration } = this.columns;
    if (!(flags[slot]! & flag.call)) return;
    this.calls += by;
    const ended = outcome[slot]!;
    if (ended !== noOutcome && ended !== okOutcome && ended !== cancelled) this.errors += by;
    if (duration[slot]! < 0) this.running += by;
    if (this.isProtocol(slot)) this.protocol += by;
  }

  private isHead(slot: number): boolean {
    const { flags, layer } = this.columns;
    const rank = chainRank[layer[slot]!]!;
    if (rank < 0 || !(flags[slot]! & flag.present)) return false;
    if (rank === wireRank) return !this.isBelow(slot, wireRank);
    return !this.isBelow(slot, 0) && !(rank < wireRank && this.hasWireBelow(slot));
  }

  /** Whether a link of the same call, of this rank or a later one, stands above. */
  private isBelow(slot: number, from: number): boolean {
    const { layer, parent } = this.columns;
    let inner = slot;
    let above = parent[slot]!;
    for (let steps = 0; above !== -1 && steps <= maxBetween; steps++) {
      const rankAbove = chainRank[layer[above]!]!;
      if (rankAbove >= 0) {
        const isOuter = rankAbove <= chainRank[layer[inner]!]!;
        if (!isOuter || !this.isSameCall(above, inner)) return false;
        if (rankAbove >= from) return true;
        inner = above;
        steps = -1;
      } else if (!this.isTransport(above)) return false;
      above = parent[above]!;
    }
    return false;
  }

  private hasWireBelow(slot: number): boolean {
    const { firstChild, next, layer, flags } = this.columns;
    const open = [slot];
    let seen = 0;
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      for (let child = firstChild[from]!; child !== -1; child = next[child]!) {
        if (++seen > maxSearched) return false;
        const rank = chainRank[layer[child]!]!;
        if (rank >= 0 && flags[child]! & flag.present) {
          if (rank > wireRank || !this.isSameCall(slot, child)) continue;
          if (rank === wireRank) return true;
          open.push(child);
        } else if (this.isTransport(child)) open.push(child);
      }
    }
    return false;
  }

  private isSameCall(outer: number, inner: number): boolean {
    const { method, target } = this.columns;
    return (
      (method[outer] === 0 || method[inner] === 0 || method[outer] === method[inner]) &&
      (target[outer] === 0 || target[inner] === 0 || target[outer] === target[inner])
    );
  }

  private isTransport(slot: number): boolean {
    const { flags, layer, kind } = this.columns;
    if (!(flags[slot]! & flag.present)) return true;
    return layer[slot] === internal && (kind[slot] === 2 || kind[slot] === 3);
  }
}
