import { writevSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Bytes kept while the collector does not answer; what is older is dropped. */
const maxWaitingBytes = 4_000_000;
const retryMs = 1000;
const answerBytes = 4096;
/** As it was before the server could put another in its place. */
const writeToDescriptor = writevSync;

/**
 * Posts to the collector over one plain socket. Not over `http` or `fetch`: those are watched, and
 * a plain write to a connected socket still leaves a process that is exiting. Never keeps the
 * process alive, never throws.
 */
export class Sender {
  private socket: Socket | undefined;
  private connected = false;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private blockedUntil = 0;

  private constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly token: string,
  ) {}

  /** Null when the endpoint is no address on this machine. */
  static to(endpoint: string, token: string): Sender | null {
    const found = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):(\d+)\/?$/.exec(endpoint);
    return found
      ? new Sender((found[1] ?? '').replace(/[[\]]/g, ''), Number(found[2]), token)
      : null;
  }

  /** The body is the caller's again when this returns. */
  post(path: string, body: Uint8Array): void {
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${this.host}:${this.port}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      ...(this.token ? [`Authorization: Bearer ${this.token}`] : []),
      '\r\n',
    ].join('\r\n');
    const parts = [Buffer.from(head), body];
    if (this.isFree) {
      write(this.socket as Socket, parts);
      return;
    }
    this.keep(Buffer.concat(parts));
    if (this.connected) this.drain();
    else this.connect();
  }

  /** Nothing is before the next message. */
  private get isFree(): boolean {
    return this.connected && this.waiting.length === 0 && this.socket?.writableLength === 0;
  }

  private keep(message: Buffer): void {
    this.waiting.push(message);
    this.waitingBytes += message.length;
    while (this.waitingBytes > maxWaitingBytes)
      this.waitingBytes -= this.waiting.shift()?.length ?? 0;
  }

  private drain(): void {
    const { socket } = this;
    if (!socket || socket.writableLength > maxWaitingBytes) return;
    for (const message of this.waiting) write(socket, [message]);
    this.waiting = [];
    this.waitingBytes = 0;
  }

  /** Called early, so that a process that ends soon finds its socket open. */
  connect(): void {
    if (this.socket || Date.now() < this.blockedUntil) return;
    const { connect } = require('node:net') as typeof import('node:net');
    // The answers are of no use to a hook; reading them keeps the window of the socket open.
    const onread = { buffer: Buffer.allocUnsafeSlow(answerBytes), callback: () => true };
    const socket = connect({ host: this.host, port: this.port, onread });
    socket.unref();
    socket.setNoDelay(true);
    const forget = (): void => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.connected = false;
      this.blockedUntil = Date.now() + retryMs;
    };
    socket.on('connect', () => {
      this.connected = true;
      this.drain();
    });
    socket.resume();
    socket.on('error', forget);
    socket.on('close', forget);
    this.socket = socket;
  }
}

/**
 * Straight to the descriptor, which does not block: one call, where the stream has many, all of them
 * the code that the server's own answers pass through. Only the rest goes by way of the stream.
 */
function write(socket: Socket, parts: readonly Uint8Array[]): void {
  let written = 0;
  const { fd = -1 } = (socket as { _handle?: { fd?: number } })._handle ?? {};
  if (fd >= 0 && socket.writableLength === 0) {
    try {
      written = writeToDescriptor(fd, parts);
    } catch {
      // Full, or closed: the stream waits, or tells.
    }
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (written < length) socket.write(Buffer.concat(parts).subarray(written));
}
