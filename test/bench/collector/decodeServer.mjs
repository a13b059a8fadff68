// The simplest receiver there is: reads a body, decodes it, answers. No store. `json` stops at
// JSON.parse; `protobuf` and `grpc` use the class that protobufjs generated, and make of its spans
// what any viewer needs: ids as text, times as integers, attributes by key.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [encoding] = process.argv.slice(2);
const { opentelemetry } = createRequire(import.meta.url)('otlp-oracle/build/src/generated/root.js');
const generated = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const decode = encoding === 'json' ? JSON.parse : (body) => generated.decode(body);
let spans = 0;
let kept = [];

const toHex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
const toNanos = ({ high, low }) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

function normalise(span) {
  const attributes = {};
  for (const { key, value } of span.attributes) attributes[key] = value[value.value];
  return {
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentSpanId: span.parentSpanId ? toHex(span.parentSpanId) : undefined,
    name: span.name,
    kind: span.kind,
    startNanos: toNanos(span.startTimeUnixNano),
    endNanos: toNanos(span.endTimeUnixNano),
    attributes,
    status: span.status?.code ?? 0,
  };
}

function receive(body) {
  for (const { scopeSpans } of decode(body).resourceSpans) {
    for (const scope of scopeSpans) {
      spans += scope.spans.length;
      // Held until the next request, so that none of it can be left out.
      if (encoding !== 'json') kept = scope.spans.map(normalise);
    }
  }
}

function serveHttp() {
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      receive(Buffer.concat(pieces));
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('X-Spans', String(spans + kept.length));
      response.end(encoding === 'json' ? '{}' : '');
    });
  });
  server.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ otlp: `http://127.0.0.1:${server.address().port}` }));
  });
}

async function serveGrpc() {
  const { Server, ServerCredentials } = await import('@grpc/grpc-js');
  const asIs = (bytes) => bytes;
  const server = new Server({ 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
  const method = {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  server.addService(
    { Export: method },
    {
      Export: ({ request }, respond) => {
        receive(request);
        respond(null, Buffer.alloc(0));
      },
    },
  );
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    const address = `http://127.0.0.1:${port}`;
    console.log(JSON.stringify({ otlp: address, grpc: address }));
  });
}

if (encoding === 'grpc') await serveGrpc();
else serveHttp();
