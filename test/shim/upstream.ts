/** An HTTP server that answers as a test says and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export class Upstream {
  readonly asked: Asked[] = [];
  /** Requests whose client went away before the answer was complete. */
  left = 0;
  answer: Answer = (_asked, response) => response.end();

  private constructor(readonly server: Server) {}

  static async start(server: Server = createServer()): Promise<Upstream> {
    const upstream = new Upstream(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.on('close', () => {
        if (!response.writableFinished) upstream.left++;
      });
      void upstream.receive(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = '', url = '', headers, rawHeaders } = request;
    const asked = { method, url, headers, rawHeaders, body: Buffer.concat(parts).toString() };
    this.asked.push(asked);
    this.answer(asked, response);
  }
}

export const asJson = (response: ServerResponse, value: unknown, headers = {}): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
};

export const asEvents = (response: ServerResponse, headers = {}): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
};
