/** Takes OTLP and the live channel, and shows what came. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { readMessage, type WireObject } from '../../src/core/otlp/readMessage.js';
import { signals } from '../../src/core/otlp/schema.js';
import { WireReader } from '../../src/core/otlp/wireReader.js';
import type { LiveMessage } from '../../src/core/protocol.js';

export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly events: readonly { name: string; attributes: Readonly<Record<string, unknown>> }[];
  readonly statusCode: number;
  readonly statusMessage: string;
}

export interface SeenLog {
  readonly eventName: string;
  readonly body: unknown;
  readonly spanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export class FakeCollector {
  readonly spans: SeenSpan[] = [];
  readonly logs: SeenLog[] = [];
  readonly live: LiveMessage[] = [];
  readonly authorizations = new Set<string | undefined>();
  requests = 0;
  /** Answers with this status instead, while it is set; 0: never answers. */
  status: number | null = null;
  headers: Record<string, string> = {};
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {
    const live = new WebSocketServer({ noServer: true });
    server.on('connection', (socket) => this.sockets.add(socket));
    server.on('upgrade', (request, socket, head) => {
      live.handleUpgrade(request, socket, head, (channel) => {
        channel.on('message', (frame) => this.live.push(JSON.parse(String(frame)) as LiveMessage));
      });
    });
    server.on('request', async (request, response) => {
      this.authorizations.add(request.headers.authorization);
      const body = await bodyOf(request);
      this.requests++;
      if (this.status === 0) return;
      if (this.status !== null) response.writeHead(this.status, this.headers);
      else this.take(request.url ?? '', body);
      response.end();
    });
  }

  static start(port = 0): Promise<FakeCollector> {
    return FakeCollector.listen(createServer(), 'http://127.0.0.1', port);
  }

  static startSecure(certificate: { key: Buffer; cert: Buffer }): Promise<FakeCollector> {
    const server = createTlsServer(certificate) as unknown as Server;
    return FakeCollector.listen(server, 'https://localhost', 0);
  }

  private static listen(server: Server, origin: string, port: number): Promise<FakeCollector> {
    return new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve(new FakeCollector(server, origin)));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `${this.origin}:${this.port}`;
  }

  named(name: string): SeenSpan | undefined {
    return this.spans.find((span) => span.name === name);
  }

  findings(kind: string): SeenLog[] {
    return this.logs.filter((log) => log.attributes['spanpath.finding.kind'] === kind);
  }

  /**
   * Takes what a shim that has ended left in its spool: what a busy machine could not deliver in the
   * moment that an exit waits for. A receiver knows a span that comes twice by its id.
   */
  readSpool(home: string): void {
    const folder = join(home, 'spool');
    if (!existsSync(folder)) return;
    const known = new Set(this.spans.map(({ spanId }) => spanId));
    const arrived = this.spans.length;
    for (const file of readdirSync(folder)) {
      for (const line of readFileSync(join(folder, file), 'utf8').trim().split('\n')) {
        this.read(JSON.parse(line));
      }
    }
    const spooled = this.spans.splice(arrived);
    this.spans.push(...spooled.filter(({ spanId }) => !known.has(spanId)));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(path: string, body: Buffer): void {
    const signal = path.endsWith('/traces') ? signals.traces : signals.logs;
    this.read(readMessage(signal.request, new WireReader(body), body.length));
  }

  /** One OTLP request, or one line of the OTLP file format. */
  read(request: WireObject): void {
    for (const group of listOf(request.resourceSpans)) {
      const resource = attributesOf((group.resource as WireObject)?.attributes);
      for (const scoped of listOf(group.scopeSpans)) {
        for (const span of listOf(scoped.spans)) this.spans.push(spanOf(span, resource));
      }
    }
    for (const group of listOf(request.resourceLogs)) {
      for (const scoped of listOf(group.scopeLogs)) {
        for (const log of listOf(scoped.logRecords)) this.logs.push(logOf(log));
      }
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function listOf(value: unknown): WireObject[] {
  return Array.isArray(value) ? (value as WireObject[]) : [];
}

function spanOf(span: WireObject, resource: Record<string, unknown>): SeenSpan {
  return {
    name: String(span.name),
    traceId: String(span.traceId),
    spanId: String(span.spanId),
    parentSpanId: span.parentSpanId ? String(span.parentSpanId) : undefined,
    startNanos: BigInt(String(span.startTimeUnixNano)),
    endNanos: BigInt(String(span.endTimeUnixNano)),
    attributes: attributesOf(span.attributes),
    resource,
    events: listOf(span.events).map((event) => ({
      name: String(event.name),
      attributes: attributesOf(event.attributes),
    })),
    statusCode: Number((span.status as WireObject | undefined)?.code ?? 0),
    statusMessage: String((span.status as WireObject | undefined)?.message ?? ''),
  };
}

function logOf(log: WireObject): SeenLog {
  return {
    eventName: String(log.eventName ?? ''),
    body: plainValue(log.body as WireObject),
    spanId: log.spanId ? String(log.spanId) : undefined,
    attributes: attributesOf(log.attributes),
  };
}

function attributesOf(list: unknown): Record<string, unknown> {
  return Object.fromEntries(
    listOf(list).map(({ key, value }) => [String(key), plainValue(value as WireObject)]),
  );
}

function plainValue(value: WireObject | undefined): unknown {
  if (!value) return undefined;
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}
