/**
 * One small RPC for every pair of processes: host and collector, host and webview, host and
 * indexer. A handler that throws answers with its error, so a caller never hangs.
 */

/** What a channel must do; `MessagePort`, `Worker`, `Webview` and `WebSocket` all fit behind it. */
export interface MessageChannelLike {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** `{ 'noun/verb': { params, result } }` */
export type RequestMap = Record<string, { params: unknown; result: unknown }>;
/** `{ 'noun/happened': payload }` */
export type EventMap = Record<string, unknown>;

type Envelope =
  | { rpc: 'request'; id: number; method: string; params: unknown }
  | { rpc: 'response'; id: number; result: unknown }
  | { rpc: 'failure'; id: number; message: string }
  | { rpc: 'event'; event: string; payload: unknown };

type Handlers<R extends RequestMap> = {
  [M in keyof R]: (params: R[M]['params']) => R[M]['result'] | Promise<R[M]['result']>;
};

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
}

/**
 * `Theirs` are the requests this end may make, `Ours` those it answers; `Heard` the events it
 * receives, `Told` those it emits.
 */
export class Rpc<
  Theirs extends RequestMap,
  Ours extends RequestMap,
  Heard extends EventMap,
  Told extends EventMap,
> {
  private nextId = 1;
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (reason: Error) => void }
  >();
  private readonly listeners = new Map<keyof Heard, Set<(payload: never) => void>>();
  private closedReason: string | undefined;

  constructor(
    private readonly channel: MessageChannelLike,
    private readonly handlers: Partial<Handlers<Ours>> = {},
  ) {
    channel.onMessage((message) => this.receive(message));
  }

  request<M extends keyof Theirs & string>(
    method: M,
    params: Theirs[M]['params'],
  ): Promise<Theirs[M]['result']> {
    if (this.closedReason !== undefined) {
      return Promise.reject(new RemoteError(this.closedReason));
    }
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      try {
        this.channel.send({ rpc: 'request', id, method, params } satisfies Envelope);
      } catch (error) {
        this.waiting.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  emit<E extends keyof Told & string>(event: E, payload: Told[E]): void {
    this.channel.send({ rpc: 'event', event, payload } satisfies Envelope);
  }

  /** Returns the function that ends the subscription. */
  on<E extends keyof Heard>(event: E, listener: (payload: Heard[E]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    set.add(listener as (payload: never) => void);
    return () => set.delete(listener as (payload: never) => void);
  }

  /** The other end is gone: everything that waits is refused, and so is everything later. */
  close(reason: string): void {
    this.closedReason = reason;
    for (const { reject } of this.waiting.values()) reject(new RemoteError(reason));
    this.waiting.clear();
  }

  private receive(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('rpc' in message)) return;
    const envelope = message as Envelope;
    switch (envelope.rpc) {
      case 'request':
        void this.answer(envelope.id, envelope.method, envelope.params);
        return;
      case 'response':
        this.waiting.get(envelope.id)?.resolve(envelope.result);
        this.waiting.delete(envelope.id);
        return;
      case 'failure':
        this.waiting.get(envelope.id)?.reject(new RemoteError(envelope.message));
        this.waiting.delete(envelope.id);
        return;
      case 'event':
        for (const listener of this.listeners.get(envelope.event) ?? []) {
          listener(envelope.payload as never);
        }
    }
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    try {
      const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method] : undefined;
      if (!handler) throw new Error(`nothing answers '${method}' here`);
      const result = await handler(params as never);
      this.channel.send({ rpc: 'response', id, result } satisfies Envelope);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.channel.send({ rpc: 'failure', id, message: text } satisfies Envelope);
    }
  }
}
