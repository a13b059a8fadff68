import { randomBytes } from 'node:crypto';
import type { CollectorOutlets, CollectorStatus, PortStatus } from '../core/protocol.js';
import { Access } from './access.js';
import { Forwarder } from './forward/forwarder.js';
import type { ReceivedRequest } from './forward/receivedRequest.js';
import type { GrpcServer } from './grpc/server.js';
import type { Ingest } from './ingest.js';
import { startGrpc } from './loadGrpc.js';
import { readAnnouncements } from './ports/announcements.js';
import { Peers } from './ports/peers.js';
import { WellKnownPort } from './ports/wellKnownPort.js';
import { Receiver } from './receiver.js';

export interface OutletsOptions {
  readonly endpoint: string;
  readonly discoveryDir: string | null;
  readonly receiver: Receiver;
  readonly access: Access;
  readonly ingest: Ingest;
  /** Called when a port was won or lost, or a target's state changed; at most once a second. */
  readonly onDidChange: () => void;
  /** Called when the ports that this collector owns are others. */
  readonly onDidOwn: (ports: readonly number[]) => void;
}

const noOutlets: CollectorOutlets = { httpPort: null, grpcPort: null, forward: [] };
const drainMs = 1_000;
const tellMs = 1_000;
const ownAddress = 'this is the address of this collector itself; nothing is sent to it';

/**
 * What a collector has beside its own port, switched on and off while it runs: the well-known
 * ports, and the endpoints that get a copy of everything.
 */
export class Outlets {
  private readonly id = randomBytes(6).toString('hex');
  private readonly ports: WellKnownPort[] = [];
  private forwarders: Forwarder[] = [];
  private readonly peers: Peers | null;
  private wanted = noOutlets;
  private ownGrpc: GrpcServer | null = null;
  private changing: Promise<void> = Promise.resolve();
  private telling: NodeJS.Timeout | null = null;
  private sharedPort: number | null = null;

  constructor(private readonly options: OutletsOptions) {
    const { discoveryDir, endpoint, receiver } = options;
    this.peers = discoveryDir === null ? null : new Peers(discoveryDir, endpoint, this.id);
    receiver.onDidAccept = (request) => this.forward(request);
  }

  get status(): CollectorStatus {
    return {
      endpoint: this.options.endpoint,
      grpcEndpoint: this.ownGrpc ? `http://127.0.0.1:${this.ownGrpc.port}` : null,
      ports: this.ports.map((port) => port.status),
      forward: this.forwarders.map(({ status, target }) =>
        this.isOwnAddress(target.url) ? { ...status, problem: ownAddress } : status,
      ),
    };
  }

  /** Opens gRPC beside the collector's own port, with its token. @throws when the port is taken. */
  async openGrpc(port: number): Promise<number> {
    const { receiver, access } = this.options;
    this.ownGrpc = await startGrpc({
      port,
      admits: (authorization) => access.admits(authorization),
      isFull: () => receiver.isFull,
      accept: (signal, body) => receiver.accept(signal, body),
    });
    return this.ownGrpc.port;
  }

  /**
   * Shares what arrives at the collector's own port as a well-known one's owner does; for a
   * collector without a token, that anyone may send to.
   */
  shareOwnPort(port: number): void {
    this.sharedPort = port;
    this.options.receiver.onDidAccept = this.shareAndForward;
    this.tellOwned();
  }

  /** Makes it so; what stays the same goes on undisturbed. One change after the other. */
  configure(wanted: CollectorOutlets): Promise<void> {
    this.changing = this.changing.then(() => this.change(wanted));
    return this.changing;
  }

  async stop(): Promise<void> {
    await this.changing.catch(() => {});
    await Promise.all(this.forwarders.map((forwarder) => forwarder.drain(drainMs)));
    await this.change(noOutlets);
    if (this.telling) clearTimeout(this.telling);
    this.peers?.stop();
    await this.ownGrpc?.stop();
    this.ownGrpc = null;
  }

  private async change(wanted: CollectorOutlets): Promise<void> {
    const before = this.wanted;
    this.wanted = wanted;
    this.setTargets(wanted.forward);
    if (wanted.httpPort !== before.httpPort || wanted.grpcPort !== before.grpcPort) {
      for (const port of this.ports.splice(0)) await port.stop();
      if (wanted.httpPort !== null) this.add('http', wanted.httpPort);
      if (wanted.grpcPort !== null) this.add('grpc', wanted.grpcPort);
      for (const port of this.ports) await port.start();
      this.tellOwned();
    }
    this.tellChange();
  }

  private setTargets(targets: CollectorOutlets['forward']): void {
    const kept = new Map(this.forwarders.map((one) => [JSON.stringify(one.target), one]));
    this.forwarders = targets.map((target) => {
      const key = JSON.stringify(target);
      const forwarder = kept.get(key);
      kept.delete(key);
      const onDidChange = (): void => this.tellChange();
      return forwarder ?? new Forwarder(target, this.id, { onDidChange });
    });
    for (const forwarder of kept.values()) forwarder.stop();
  }

  private add(protocol: PortStatus['protocol'], port: number): void {
    const receiver = this.openReceiver();
    this.ports.push(
      new WellKnownPort({
        protocol,
        port,
        open: async (wanted) => {
          if (protocol === 'http') {
            await receiver.listen(wanted);
            return () => receiver.close();
          }
          const grpc = await startGrpc({
            port: wanted,
            admits: () => true,
            isFull: () => receiver.isFull,
            accept: (signal, body) => receiver.accept(signal, body),
          });
          return () => grpc.stop();
        },
        findOwner: (wanted) => this.findOwner(wanted),
        onDidChange: () => {
          this.tellOwned();
          this.tellChange();
        },
      }),
    );
  }

  /** Takes from anyone on this machine: who sends to a well-known port knows no token. */
  private openReceiver(): Receiver {
    const receiver = new Receiver(new Access(null), this.options.ingest, new Map());
    receiver.onDidAccept = this.shareAndForward;
    return receiver;
  }

  private readonly shareAndForward = (request: ReceivedRequest): void => {
    this.forward(request);
    this.peers?.take(request);
  };

  private forward(request: ReceivedRequest): void {
    for (const forwarder of this.forwarders) {
      if (!this.isOwnAddress(forwarder.target.url)) forwarder.take(request);
    }
  }

  /** A target may be a well-known port that another program has today and this one tomorrow. */
  private isOwnAddress(url: string): boolean {
    const { hostname, port } = new URL(url);
    if (!/^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname)) return false;
    const isOwned = this.ports.some(
      ({ isOwned, status }) => isOwned && String(status.port) === port,
    );
    return isOwned || port === new URL(this.options.endpoint).port;
  }

  private findOwner(port: number): { workspace: string | null; pid: number } | null {
    const { discoveryDir, endpoint } = this.options;
    if (discoveryDir === null) return null;
    const owner = readAnnouncements(discoveryDir).find(
      (other) => other.endpoint !== endpoint && other.owns?.includes(port),
    );
    return owner ? { workspace: owner.workspace, pid: owner.pid } : null;
  }

  private tellOwned(): void {
    const owned = this.ports.filter((port) => port.isOwned).map(({ status }) => status.port);
    this.options.onDidOwn(this.sharedPort === null ? owned : [this.sharedPort, ...owned]);
  }

  private tellChange(): void {
    this.telling ??= setTimeout(() => {
      this.telling = null;
      this.options.onDidChange();
    }, tellMs);
    this.telling.unref();
  }
}
