/** The calls of a conversation that wait for their answer, in both directions. */
import { BoundedMap } from './boundedMap.js';
import type { Direction, OpenCall } from './openCall.js';

/** Calls that are never answered do not grow the table past this; the oldest is given up. */
const maxOpenCalls = 10_000;

export const opposite: Record<Direction, Direction> = {
  'client-to-server': 'server-to-client',
  'server-to-client': 'client-to-server',
};

export class CallTable extends BoundedMap<string, OpenCall> {
  constructor() {
    super(maxOpenCalls);
  }

  /** The only call that runs, so that what happens now may be said to belong to it. */
  get only(): OpenCall | null {
    const [call] = this.size === 1 ? this.values() : [];
    return call ?? null;
  }

  /** What the server does now belongs to the client's call that runs, when there is only one. */
  onlyOf(sender: Direction): OpenCall | null {
    let found: OpenCall | null = null;
    for (const call of this.values()) {
      if (call.direction !== sender) continue;
      if (found) return null;
      found = call;
    }
    return found;
  }

  hasOf(sender: Direction): boolean {
    for (const call of this.values()) if (call.direction === sender) return true;
    return false;
  }

  /** `token` as JSON spells it. */
  byProgressToken(sender: Direction, token: string): OpenCall | null {
    for (const call of this.values()) {
      if (call.direction === sender && call.progressToken === token) return call;
    }
    return null;
  }
}
