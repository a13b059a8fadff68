// Sends spans, logs and a metric by OpenTelemetry's own exporters for JavaScript, then ends.
// Usage: node sendTelemetry.mjs PACKAGES grpc|proto|json URL TOKEN SPANS [gzip]
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, kind, url, token, count, compression] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const packages = { grpc: 'grpc', proto: 'proto', json: 'http' };

function exporter(signal, className, path) {
  const exporters = require(`@opentelemetry/exporter-${signal}-otlp-${packages[kind]}`);
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const common = { timeoutMillis: 10_000, ...(compression ? { compression } : {}) };
  if (kind !== 'grpc') return new exporters[className]({ url: url + path, headers, ...common });
  const { Metadata, credentials } = require('@grpc/grpc-js');
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new exporters[className]({
    url,
    metadata,
    credentials: credentials.createInsecure(),
    ...common,
  });
}

const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BatchSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace');
const { BatchLogRecordProcessor, LoggerProvider } = require('@opentelemetry/sdk-logs');
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');
const { context, SpanStatusCode, trace } = require('@opentelemetry/api');

const resource = resourceFromAttributes({ 'service.name': `js-${kind}` });
const traces = new TracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor({
      exporter: exporter('trace', 'OTLPTraceExporter', '/v1/traces'),
      maxQueueSize: 100_000,
      maxExportBatchSize: 512,
    }),
  ],
});
const logs = new LoggerProvider({
  resource,
  processors: [
    new BatchLogRecordProcessor({ exporter: exporter('logs', 'OTLPLogExporter', '/v1/logs') }),
  ],
});
const metrics = new MeterProvider({
  resource,
  readers: [
    new PeriodicExportingMetricReader({
      exporter: exporter('metrics', 'OTLPMetricExporter', '/v1/metrics'),
      exportIntervalMillis: 60_000,
    }),
  ],
});

const tracer = traces.getTracer('sender', '1.2.3');
const root = tracer.startSpan('execute_tool search', { kind: 0 });
root.setAttributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' });
const within = trace.setSpan(context.active(), root);
for (let index = 1; index < Number(count); index++) {
  const span = tracer.startSpan(`step ${index}`, {}, within);
  span.setAttributes({ index, ratio: 0.5, tags: ['a', 'ü'], big: 2 ** 52 });
  span.addEvent('noted', { index });
  if (index === 1) span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
  span.end();
}
root.end();
logs.getLogger('sender').emit({ body: 'hello', severityNumber: 9, context: within });
metrics.getMeter('sender').createCounter('calls').add(1);
await Promise.all([traces.forceFlush(), logs.forceFlush(), metrics.forceFlush()]);
await Promise.all([traces.shutdown(), logs.shutdown(), metrics.shutdown()]);
