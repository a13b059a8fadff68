/** Tells the collector about calls while they run. Best effort: what cannot be sent is dropped. */
import type { LiveMessage, ServerIdentity } from '../../core/protocol.js';
import type { Target } from '../discovery.js';

/** Frames that wait while the socket opens or is slow. */
const maxWaiting = 500;
const maxBuffered = 1 << 20;
const reconnectMs = 2000;

export class LiveChannel {
  private socket: import('ws').WebSocket | null = null;
  private connecting = false;
  private closed = false;
  private waiting: string[] = [];

  constructor(
    private readonly target: Target,
    private readonly identity: ServerIdentity,
  ) {}

  open(): void {
    if (!this.connecting && !this.closed) void this.connect();
  }

  send(message: LiveMessage): void {
    if (this.closed) return;
    const text = JSON.stringify(message);
    const { socket } = this;
    if (socket?.readyState === 1) {
      if (socket.bufferedAmount < maxBuffered) socket.send(text);
    } else if (this.waiting.length < maxWaiting) this.waiting.push(text);
  }

  close(): void {
    this.closed = true;
    this.socket?.close();
  }

  private async connect(): Promise<void> {
    this.connecting = true;
    const { WebSocket } = await import('ws');
    const url = `${this.target.endpoint.replace(/^http/, 'ws')}/live`;
    const headers: Record<string, string> =
      this.target.token === null ? {} : { authorization: `Bearer ${this.target.token}` };
    const again = () => {
      this.socket = null;
      this.waiting = [];
      if (!this.closed) setTimeout(() => void this.connect(), reconnectMs).unref();
    };
    try {
      const socket = new WebSocket(url, {
        headers,
        perMessageDeflate: false,
        handshakeTimeout: 5000,
      });
      socket.on('open', () => {
        this.socket = socket;
        socket.send(JSON.stringify({ type: 'hello', server: this.identity } satisfies LiveMessage));
        for (const text of this.waiting.splice(0)) socket.send(text);
      });
      // `close` follows an error.
      socket.on('error', () => {});
      socket.on('close', again);
    } catch {
      again();
    }
  }
}
