import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly scope: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly attributes: Record<string, unknown>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Record<string, unknown>;
  }[];
}

export interface SeenLog {
  readonly eventName: string;
  readonly body: unknown;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Record<string, unknown>;
}

/** A loopback OTLP/HTTP receiver (JSON) that keeps what it was sent. */
export class OtlpSink {
  readonly spans: SeenSpan[] = [];
  readonly logs: SeenLog[] = [];
  readonly resources: Record<string, unknown>[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly endpoint: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<OtlpSink> {
    let sink: OtlpSink | undefined;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json').end('{}');
        if (request.headers['content-type'] !== 'application/json') return;
        sink?.take(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sink = new OtlpSink(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    return sink;
  }

  /** Resolves when the condition holds; the suite's own time limit ends a wait in vain. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  /**
   * Until all was read that processes sent which have ended meanwhile: their connections wait to be
   * accepted before the one that is made here, and close when they are read to their end.
   */
  async settled(): Promise<void> {
    await fetch(this.endpoint, { headers: { connection: 'close' } });
    const connections = () =>
      new Promise<number>((resolve) => {
        this.server.getConnections((_error, count) => resolve(count));
      });
    while ((await connections()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  // biome-ignore lint/suspicious/noExplicitAny: JSON as it came over the wire
  private take(body: any): void {
    for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
      this.resources.push(attributesOf(resource?.attributes));
      for (const { scope, spans } of scopeSpans ?? []) {
        for (const span of spans) {
          this.spans.push({
            ...{
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentSpanId ?? '',
            },
            ...{ name: span.name, kind: span.kind, scope: scope?.name ?? '' },
            startMs: Number(span.startTimeUnixNano) / 1e6,
            endMs: Number(span.endTimeUnixNano) / 1e6,
            status: span.status?.code ?? 0,
            attributes: attributesOf(span.attributes),
            events: (span.events ?? []).map((event: { name: string; attributes: never }) => ({
              name: event.name,
              attributes: attributesOf(event.attributes),
            })),
          });
        }
      }
    }
    for (const { scopeLogs } of body.resourceLogs ?? []) {
      for (const { logRecords } of scopeLogs ?? []) {
        for (const log of logRecords) {
          this.logs.push({
            eventName: log.eventName ?? '',
            body: readValue(log.body),
            traceId: log.traceId ?? '',
            spanId: log.spanId ?? '',
            attributes: attributesOf(log.attributes),
          });
        }
      }
    }
    for (const wake of [...this.waiting]) wake();
  }
}

function attributesOf(
  list: readonly { key: string; value: AnyValue }[] | undefined,
): Record<string, unknown> {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: AnyValue | undefined): unknown {
  if (value?.intValue !== undefined) return Number(value.intValue);
  return value?.stringValue ?? value?.doubleValue ?? value?.boolValue ?? null;
}
