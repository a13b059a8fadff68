/** A map that forgets its oldest entries, for what a peer could otherwise grow without end. */
export class BoundedMap<K, V> {
  private readonly entries = new Map<K, V>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  /** The entry that was forgotten to make room, if any. */
  set(key: K, value: V): V | undefined {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.limit) return undefined;
    const [oldest] = this.entries.keys();
    return oldest === undefined ? undefined : this.take(oldest);
  }

  /** Gets and removes. */
  take(key: K): V | undefined {
    const value = this.entries.get(key);
    this.entries.delete(key);
    return value;
  }

  takeAll(): V[] {
    const all = [...this.entries.values()];
    this.entries.clear();
    return all;
  }

  values(): Iterable<V> {
    return this.entries.values();
  }
}
