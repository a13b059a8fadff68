import { Forwarder } from '../forward/forwarder.js';
import type { ReceivedRequest } from '../forward/receivedRequest.js';
import { readAnnouncements } from './announcements.js';

/** How long the list of collectors is taken for true. */
const freshMs = 2_000;
/** A window that hangs costs no more than this. */
const maxQueuedBytes = 16 * 1024 * 1024;

/**
 * The other collectors of this user. The one that owns a well-known port gives each a copy of what
 * arrives there, since no sender says which window it is meant for.
 */
export class Peers {
  private readonly forwarders = new Map<string, Forwarder>();
  private readAt = 0;

  constructor(
    private readonly directory: string,
    private readonly ownEndpoint: string,
    private readonly ownId: string,
  ) {}

  get count(): number {
    this.refresh();
    return this.forwarders.size;
  }

  take(request: ReceivedRequest): void {
    this.refresh();
    for (const forwarder of this.forwarders.values()) forwarder.take(request);
  }

  stop(): void {
    for (const forwarder of this.forwarders.values()) forwarder.stop();
    this.forwarders.clear();
  }

  private refresh(): void {
    const now = Date.now();
    if (now - this.readAt < freshMs) return;
    this.readAt = now;
    const alive = new Map(
      readAnnouncements(this.directory)
        .filter(({ endpoint }) => endpoint !== this.ownEndpoint)
        .map((announcement) => [announcement.endpoint, announcement]),
    );
    for (const [endpoint, forwarder] of this.forwarders) {
      if (alive.has(endpoint)) continue;
      forwarder.stop();
      this.forwarders.delete(endpoint);
    }
    for (const { endpoint, token } of alive.values()) {
      if (this.forwarders.has(endpoint)) continue;
      const headers: Record<string, string> =
        token === null ? {} : { authorization: `Bearer ${token}` };
      const target = { url: endpoint, headers, encoding: 'protobuf', gzip: false } as const;
      this.forwarders.set(endpoint, new Forwarder(target, this.ownId, { maxQueuedBytes }));
    }
  }
}
