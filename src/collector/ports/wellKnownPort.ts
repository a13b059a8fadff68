import type { PortStatus } from '../../core/protocol.js';

export interface WellKnownPortOptions {
  readonly protocol: PortStatus['protocol'];
  readonly port: number;
  /** Starts listening and answers how to stop. @throws when the port is taken. */
  readonly open: (port: number) => Promise<() => Promise<void>>;
  /** Workspace and process of the Spanpath that says it owns the port; null when none does. */
  readonly findOwner: (port: number) => { workspace: string | null; pid: number } | null;
  readonly onDidChange: () => void;
  readonly retryMs?: number;
}

const retryMs = 5_000;

/**
 * A port that senders know without being told, such as 4318. Half of all telemetry tools want it:
 * while another has it Spanpath goes on without, says who has it, and takes it once it is free.
 */
export class WellKnownPort {
  private close: (() => Promise<void>) | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private problem: string | null = null;
  private owner: PortStatus['owner'] = null;

  constructor(private readonly options: WellKnownPortOptions) {}

  get isOwned(): boolean {
    return this.close !== null;
  }

  get status(): PortStatus {
    const { protocol, port } = this.options;
    return { protocol, port, owned: this.isOwned, owner: this.owner, problem: this.problem };
  }

  /** Resolves after the first try, whatever came of it. */
  async start(): Promise<void> {
    const { port, open, findOwner, onDidChange } = this.options;
    const before = JSON.stringify(this.status);
    try {
      const close = await open(port);
      if (this.stopped) {
        await close();
        return;
      }
      this.close = close;
      this.owner = null;
      this.problem = null;
    } catch (error) {
      const owner = findOwner(port);
      this.owner = owner ?? { workspace: null, pid: null };
      this.problem = explain(port, owner, error);
      if (!this.stopped) this.tryLater();
    }
    if (JSON.stringify(this.status) !== before) onDidChange();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.close?.();
    this.close = null;
  }

  private tryLater(): void {
    this.timer = setTimeout(() => void this.start(), this.options.retryMs ?? retryMs);
    this.timer.unref();
  }
}

/** What the user reads: who has the port, what that means, what to do. */
function explain(
  port: number,
  owner: { workspace: string | null; pid: number } | null,
  error: unknown,
): string {
  if (owner) {
    const where = owner.workspace === null ? '' : ` in ${owner.workspace}`;
    return `port ${port} belongs to another Spanpath${where} (process ${owner.pid}), which shares what arrives there with this one`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (/EADDRINUSE/.test(reason)) {
    return `port ${port} is taken by another program; telemetry sent there does not arrive here. End that program, and Spanpath takes the port at once, or send to this collector's own address`;
  }
  return `port ${port} could not be opened: ${reason}`;
}
