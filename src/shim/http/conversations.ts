/** Which conversation an HTTP request belongs to. */
import { scanMessages } from '../../core/jsonrpc/scan.js';
import type { ControlMessage } from '../control.js';

/** What a POST body asks. */
export interface Asked {
  /** Ids of requests, as spelled. */
  readonly ids: readonly string[];
  readonly methods: readonly string[];
}

export function askedIn(body: Uint8Array): Asked {
  const ids: string[] = [];
  const methods: string[] = [];
  for (const message of scanMessages(body) ?? []) {
    if (message.kind !== 'request') continue;
    ids.push(message.idIn(body) ?? '');
    methods.push(message.methodIn(body) ?? '');
  }
  return { ids, methods };
}

/** The first revision without sessions; every exchange stands for itself. */
const stateless = '2026-07-28';
/** All exchanges without a session of the older revisions. */
const shared = 1;
/** Sessions that nobody ends do not grow the table past this. */
const maxSessions = 1000;

export class Conversations {
  private readonly sessions = new Map<string, number>();
  private last = shared;
  private sharedOpen = false;

  constructor(
    private readonly tell: (conversation: number, message: ControlMessage) => void,
    private readonly attributes: Readonly<Record<string, string | number>>,
  ) {}

  /** `single`: to be closed when the exchange is over. */
  of(
    sessionId: string | null,
    version: string | null,
    asked: Asked,
  ): { conversation: number; single: boolean } {
    if (version !== null && version >= stateless) {
      return { conversation: this.open(version), single: true };
    }
    if (sessionId !== null) return { conversation: this.session(sessionId), single: false };
    if (asked.methods.includes('initialize')) {
      return { conversation: this.open(null), single: false };
    }
    if (!this.sharedOpen) {
      this.sharedOpen = true;
      this.tell(shared, { type: 'open', attributes: this.attributes });
    }
    return { conversation: shared, single: false };
  }

  /** The answer to `initialize` gave its conversation a session. */
  adopt(sessionId: string, conversation: number): void {
    if (this.sessions.get(sessionId) === conversation) return;
    this.remember(sessionId, conversation);
    this.tell(conversation, { type: 'attribute', key: 'mcp.session.id', value: sessionId });
  }

  end(sessionId: string, message: string): void {
    const conversation = this.sessions.get(sessionId);
    if (conversation === undefined) return;
    this.sessions.delete(sessionId);
    this.close(conversation, message);
  }

  close(conversation: number, message: string): void {
    this.tell(conversation, {
      type: 'close',
      outcome: 'abandoned',
      errorType: 'abandoned',
      message,
    });
  }

  endAll(message: string): void {
    for (const sessionId of [...this.sessions.keys()]) this.end(sessionId, message);
    if (this.sharedOpen) this.close(shared, message);
  }

  /** The one of a session, new or known. */
  session(sessionId: string): number {
    const known = this.sessions.get(sessionId);
    if (known !== undefined) return known;
    const conversation = this.open(null);
    this.adopt(sessionId, conversation);
    return conversation;
  }

  private remember(sessionId: string, conversation: number): void {
    this.sessions.set(sessionId, conversation);
    if (this.sessions.size <= maxSessions) return;
    const oldest = this.sessions.keys().next().value;
    if (oldest !== undefined) this.end(oldest, 'too many sessions are open');
  }

  private open(version: string | null): number {
    // Numbers are 16 bits wide; by the time one comes again its conversation is long over.
    this.last = this.last >= 0xffff ? shared + 1 : this.last + 1;
    const attributes =
      version === null ? this.attributes : { ...this.attributes, 'mcp.protocol.version': version };
    this.tell(this.last, { type: 'open', attributes });
    return this.last;
  }
}
