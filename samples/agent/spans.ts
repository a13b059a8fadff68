// OpenTelemetry of the agent: the environment decides where spans go. Without one, the newest
// Spanpath of this folder receives them; without a Spanpath they go nowhere.
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

interface Running {
  endpoint: string;
  token: string;
  workspace: string | null;
  startedAt: number | string;
}

/** What a running Spanpath leaves for programs outside the editor. */
function findSpanpath(): Running | undefined {
  const folder = join(process.env.SPANPATH_HOME ?? join(homedir(), '.spanpath'), 'collectors');
  try {
    return readdirSync(folder)
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Running)
      .filter(({ workspace }) => workspace !== null && process.cwd().startsWith(workspace))
      .sort((a, b) => Number(new Date(b.startedAt)) - Number(new Date(a.startedAt)))[0];
  } catch {
    return undefined;
  }
}

export function startTelemetry(): NodeSDK {
  const env = process.env;
  const spanpath = findSpanpath();
  const isSaid = env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (!spanpath && !isSaid) {
    console.error('No Spanpath runs for this folder (yet): the spans of this run go nowhere.');
  } else if (spanpath && !isSaid) {
    // The server that the agent starts inherits these, so both report to the same place.
    env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `${spanpath.endpoint}/v1/traces`;
    env.OTEL_EXPORTER_OTLP_TRACES_HEADERS = `authorization=Bearer%20${spanpath.token}`;
  }
  env.OTEL_METRICS_EXPORTER ??= 'none';
  env.OTEL_LOGS_EXPORTER ??= 'none';
  const sdk = new NodeSDK({ serviceName: 'trip-agent', instrumentations: [] });
  sdk.start();
  return sdk;
}

type Attributes = Record<string, string | number | string[]>;

/** Runs `work` in a span; a thrown error is recorded and passed on. */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (add: (more: Attributes) => void) => Promise<T>,
  kind = SpanKind.INTERNAL,
): Promise<T> {
  return trace.getTracer('trip-agent').startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work((more) => span.setAttributes(more));
    } catch (error) {
      const { name: type, message } = error as Error;
      span.recordException(error as Error);
      span.setAttribute('error.type', type);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** `traceparent` of the active span, for `params._meta`. */
export function traceContext(): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}
