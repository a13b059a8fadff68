/** Follows what passed and delivers what it means. Loaded while the server starts. */
import type { Calm } from '../calm.js';
import type { Target } from '../discovery.js';
import type { ShimOptions } from '../options.js';
import type { Outbox } from '../outbox.js';
import { Delivery } from './delivery.js';
import { Reader } from './reader.js';

export class Telemetry {
  private readonly delivery: Delivery;
  private readonly reader: Reader;

  constructor(
    options: ShimOptions,
    target: Target | null,
    private readonly outbox: Outbox,
    private readonly calm: Calm,
  ) {
    const cwd = process.cwd();
    this.delivery = new Delivery(options, target, cwd, calm);
    this.reader = new Reader(options, this.delivery, cwd);
    outbox.attach({
      read: (record) => {
        try {
          this.reader.read(record);
        } catch {
          // One message that cannot be followed must not end the telemetry of all others.
          this.delivery.countUnreadable();
        }
      },
    });
  }

  /** Resolves when all was delivered or spooled, soon after `withinMs` at the latest. */
  async finish(withinMs: number): Promise<void> {
    this.calm.hurry();
    await this.outbox.drained();
    this.reader.end();
    await this.delivery.finish(withinMs);
  }
}
