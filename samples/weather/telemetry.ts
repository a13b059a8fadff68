// An ordinary OpenTelemetry set-up: where spans go is decided by the environment alone, which is
// how Spanpath receives them without a change in this code.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

process.env.OTEL_SERVICE_NAME ??= 'weather';
process.env.OTEL_METRICS_EXPORTER ??= 'none';
process.env.OTEL_LOGS_EXPORTER ??= 'none';
// The default of five seconds is long for somebody who watches.
process.env.OTEL_BSP_SCHEDULE_DELAY ??= '200';

const sdk = new NodeSDK({ instrumentations: [] });
sdk.start();

const tracer = trace.getTracer('weather');

/** Flushes what is queued, then ends the process. */
export async function shutDown(): Promise<never> {
  await sdk.shutdown().catch(() => {});
  process.exit(0);
}

/** The span of one tool call, below the client's, whose context travels in `_meta`. */
export function inToolSpan<T>(
  tool: string,
  meta: Record<string, unknown> | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const parent = propagation.extract(context.active(), meta ?? {});
  const attributes = {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': tool,
    'gen_ai.operation.name': 'execute_tool',
  };
  return inSpan(`tools/call ${tool}`, { kind: SpanKind.SERVER, attributes }, work, parent);
}

/** A GET with its own client span; answers the parsed JSON. */
export function fetchJson(url: string): Promise<unknown> {
  const { pathname } = new URL(url);
  const attributes = { 'http.request.method': 'GET', 'url.full': url };
  return inSpan(`GET ${pathname}`, { kind: SpanKind.CLIENT, attributes }, async () => {
    const response = await fetch(url);
    trace.getActiveSpan()?.setAttribute('http.response.status_code', response.status);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response.json();
  });
}

/** Runs `work` inside a span, which records what it throws. */
export function inSpan<T>(
  name: string,
  options: { kind?: SpanKind; attributes?: Record<string, string> },
  work: () => Promise<T>,
  parent = context.active(),
): Promise<T> {
  return tracer.startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}
