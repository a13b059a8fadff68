import { decodeText, encodeText } from './text.js';

/**
 * Gives every distinct byte string a small number, without making a string of it: a flood of
 * spans has few names. Id 0 is the empty string. Past `maxStrings` all new ones share `overflowId`;
 * their text is still in the span's own bytes.
 */
export class Interner {
  private arena = new Uint8Array(64 * 1024);
  private used = 0;
  private starts = new Uint32Array(1024);
  private hashes = new Uint32Array(1024);
  private table = new Int32Array(4096).fill(-1);
  private readonly texts: (string | undefined)[] = [];
  size = 0;
  readonly overflowId: number;

  constructor(readonly maxStrings = 200_000) {
    this.idOf(this.arena, 0, 0);
    this.overflowId = this.idOfText('…');
  }

  idOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.table.length - 1;
    let place = hash & mask;
    for (;;) {
      const id = this.table[place]!;
      if (id === -1) break;
      if (this.hashes[id] === hash && this.equals(id, bytes, from, to)) return id;
      place = (place + 1) & mask;
    }
    if (this.size >= this.maxStrings) return this.overflowId;
    return this.append(bytes, from, to, hash, place);
  }

  idOfText(text: string): number {
    const bytes = encodeText(text);
    return this.idOf(bytes, 0, bytes.length);
  }

  text(id: number): string {
    const known = this.texts[id];
    if (known !== undefined) return known;
    const text = decodeText(this.arena, this.starts[id]!, this.endOf(id));
    this.texts[id] = text;
    return text;
  }

  private endOf(id: number): number {
    return id + 1 < this.size ? this.starts[id + 1]! : this.used;
  }

  private equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[id]!;
    if (this.endOf(id) - start !== to - from) return false;
    const shift = start - from;
    for (let at = from; at < to; at++) if (this.arena[at + shift] !== bytes[at]) return false;
    return true;
  }

  private append(bytes: Uint8Array, from: number, to: number, hash: number, place: number): number {
    const length = to - from;
    if (this.used + length > this.arena.length) {
      const larger = new Uint8Array(Math.max(this.arena.length * 2, this.used + length));
      larger.set(this.arena);
      this.arena = larger;
    }
    const id = this.size++;
    if (id >= this.starts.length) {
      this.starts = doubled(this.starts);
      this.hashes = doubled(this.hashes);
    }
    this.starts[id] = this.used;
    this.hashes[id] = hash;
    for (let at = from; at < to; at++) this.arena[this.used++] = bytes[at]!;
    this.table[place] = id;
    if (this.size * 2 > this.table.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.size; id++) {
      let place = this.hashes[id]! & mask;
      while (table[place] !== -1) place = (place + 1) & mask;
      table[place] = id;
    }
    this.table = table;
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
