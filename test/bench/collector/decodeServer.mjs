// The simplest receiver there is: reads a body, decodes it, counts the spans, answers. No store.
// `protobuf` uses the class that protobufjs generated, `json` uses JSON.parse.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [encoding] = process.argv.slice(2);
const { opentelemetry } = createRequire(import.meta.url)('otlp-oracle/build/src/generated/root.js');
const generated = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const decode = encoding === 'json' ? JSON.parse : (body) => generated.decode(body);
let spans = 0;

const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    for (const { scopeSpans } of decode(Buffer.concat(pieces)).resourceSpans) {
      for (const scope of scopeSpans) spans += scope.spans.length;
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(encoding === 'json' ? '{}' : '');
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ otlp: `http://127.0.0.1:${server.address().port}` }));
});
