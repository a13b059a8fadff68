import { attr, own } from '../core/mcp/conventions.js';
import { Interner } from '../core/otlp/interner.js';
import { decodeResource, decodeScope } from '../core/otlp/reviveSpan.js';
import type { Attributes, Scope } from '../core/trace/model.js';
import type { Store } from './store.js';

/** A resource as the rest of the collector wants it. */
export interface KnownResource {
  readonly attributes: Attributes;
  /** Configured server name, or `service.name`; '' when neither is there. */
  readonly server: string;
  /** Working directory of the server, where it is known. */
  readonly cwd: string | null;
}

const noResource: KnownResource = { attributes: {}, server: '', cwd: null };
const noScope: Scope = { name: '', version: '' };

/** Resources and scopes: kept once in the store, decoded once in memory. */
export class Definitions {
  private readonly resources = new Map<number, KnownResource>();
  private readonly scopes = new Map<number, Scope>();
  /** Bytes → id of the store, for those that were seen since it was opened. */
  private readonly seen = {
    resources: { bytes: new Interner(), ids: new Map<number, number>() },
    scopes: { bytes: new Interner(), ids: new Map<number, number>() },
  };
  /** Negative ids: resources of running calls, which no chunk refers to. */
  private nextLive = -2;
  private readonly liveIds = new Map<string, number>();

  constructor(private store: Store) {}

  /** After a failure of the file, ids are given out by the store in memory. */
  useStore(store: Store): void {
    this.store = store;
  }

  idOf(kind: 'resources' | 'scopes', bytes: Uint8Array, from: number, to: number): number {
    const { bytes: known, ids } = this.seen[kind];
    const key = known.idOf(bytes, from, to);
    let id = key === known.overflowId ? undefined : ids.get(key);
    if (id === undefined) {
      id = this.store.internDefinition(kind, bytes.subarray(from, to));
      ids.set(key, id);
    }
    return id;
  }

  /** Forgets ids that a transaction gave out and then undid. */
  forgetIds(): void {
    this.seen.resources.ids.clear();
    this.seen.scopes.ids.clear();
  }

  /** A resource for calls that are known by the live channel only. */
  liveResource(server: string, cwd: string | null): number {
    const key = JSON.stringify([server, cwd]);
    let id = this.liveIds.get(key);
    if (id === undefined) {
      id = this.nextLive--;
      this.liveIds.set(key, id);
      this.resources.set(id, { attributes: { [own.serverName]: server }, server, cwd });
    }
    return id;
  }

  resource(id: number): KnownResource {
    let known = this.resources.get(id);
    if (!known) {
      const body = this.store.definition('resources', id);
      if (!body) return noResource;
      const attributes = decodeResource(body);
      known = {
        attributes,
        server: textOf(attributes[own.serverName]) || textOf(attributes[attr.serviceName]),
        cwd: textOf(attributes[own.serverCwd]) || null,
      };
      this.resources.set(id, known);
    }
    return known;
  }

  scope(id: number): Scope {
    let known = this.scopes.get(id);
    if (!known) {
      const body = this.store.definition('scopes', id);
      if (!body) return noScope;
      known = decodeScope(body);
      this.scopes.set(id, known);
    }
    return known;
  }

  /** Every server that has said something. */
  *servers(): Iterable<KnownResource> {
    yield* this.resources.values();
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
