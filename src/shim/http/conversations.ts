/** Which conversation an HTTP request belongs to. */
import type { ScannedMessage } from '../../core/jsonrpc/scan.js';
import type { ControlMessage } from '../control.js';
import { Numbers } from './numbers.js';

/** What a POST body asks. */
export interface Asked {
  /** Ids of requests, as spelled. */
  readonly ids: readonly string[];
  readonly methods: readonly string[];
}

/** `messages` are those of `body`. */
export function askedIn(body: Uint8Array, messages: readonly ScannedMessage[]): Asked {
  const ids: string[] = [];
  const methods: string[] = [];
  for (const message of messages) {
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

/** The conversation of an exchange. */
export interface Found {
  readonly conversation: number;
  /** Of the stateless revision. */
  readonly single: boolean;
  /** To be closed when the exchange is over, unless it becomes a session's. */
  readonly closes: boolean;
}

export class Conversations {
  private readonly sessions = new Map<string, number>();
  private readonly numbers = new Numbers(shared + 1);
  private sharedOpen = false;
  /** The revision that exchanges without a session said last. */
  private sharedVersion: string | null = null;
  /** Ids of requests without a session that are being answered. */
  private readonly running = new Set<string>();

  constructor(
    private readonly tell: (conversation: number, message: ControlMessage) => void,
    private readonly attributes: Readonly<Record<string, string | number>>,
  ) {}

  of(sessionId: string | null, version: string | null, asked: Asked): Found {
    if (version !== null && version >= stateless) {
      return { conversation: this.open(version), single: true, closes: true };
    }
    if (sessionId !== null) {
      return { conversation: this.session(sessionId), single: false, closes: false };
    }
    // Two clients of a server without sessions count their requests alike.
    const isTaken = asked.ids.some((id) => this.running.has(id));
    if (isTaken || asked.methods.includes('initialize')) {
      return { conversation: this.open(version), single: false, closes: true };
    }
    for (const id of asked.ids) this.running.add(id);
    return { conversation: this.withoutSession(version), single: false, closes: false };
  }

  /** The requests of an exchange of `conversation` got their response. */
  answered(conversation: number, ids: readonly string[]): void {
    if (conversation === shared) for (const id of ids) this.running.delete(id);
  }

  private withoutSession(version: string | null): number {
    if (!this.sharedOpen) {
      this.sharedOpen = true;
      this.tell(shared, { type: 'open', attributes: this.attributes });
    }
    if (version !== null && version !== this.sharedVersion) {
      this.sharedVersion = version;
      this.tell(shared, { type: 'attribute', key: 'mcp.protocol.version', value: version });
    }
    return shared;
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

  /** A session of this name is known. */
  has(sessionId: string): boolean {
    return this.sessions.has(sessionId);
  }

  close(conversation: number, message: string): void {
    this.numbers.release(conversation);
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
    const number = this.numbers.take();
    const attributes =
      version === null ? this.attributes : { ...this.attributes, 'mcp.protocol.version': version };
    this.tell(number, { type: 'open', attributes });
    return number;
  }
}
