import { createRequire } from 'node:module';
import { decodeTraces } from '../../src/core/otlp/decodeTraces.js';
import { Interner } from '../../src/core/otlp/interner.js';
import { TraceBatch } from '../../src/core/otlp/traceBatch.js';
import { normaliseGenerated } from './collector/normalise.js';
import { makeRequest } from './collector/otlpLoad.js';
import { type Figure, median } from './figure.js';

interface Generated {
  decode(bytes: Uint8Array): Parameters<typeof normaliseGenerated>[0];
}
const root = createRequire(import.meta.url)('otlp-oracle/build/src/generated/root.js') as {
  opentelemetry: {
    proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Generated } } } };
  };
};
const generated = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

const spans = 512;
const requests = 40;
const rounds = 15;

/** Decoding alone: bytes to the columnar batch, against the generated protobufjs class. */
export default async function run(): Promise<Figure[]> {
  // A Buffer, as it comes from a socket: the generated reader is fastest on it.
  const bodies = Array.from({ length: requests }, (_, seed) =>
    Buffer.from(makeRequest(seed, spans).protobuf),
  );
  const ours = new Interner();
  const theirs = new Interner();
  const batch = new TraceBatch();
  const baseline = new TraceBatch();
  const time = (work: (body: Buffer) => void): number => {
    const start = performance.now();
    for (const body of bodies) work(body);
    return (requests * spans) / (performance.now() - start);
  };
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds + 3; round++) {
    const value = time((body) => decodeTraces(body, ours, batch));
    const other = time((body) => normaliseGenerated(generated.decode(body), theirs, baseline));
    if (round < 3) continue;
    values.push(value);
    baselines.push(other);
  }
  if (batch.count !== spans || baseline.count !== spans) throw new Error('spans were lost');
  for (let word = 0; word < spans * 8; word++) {
    if (batch.ids[word] !== baseline.ids[word]) throw new Error('the two results differ');
  }
  const value = median(values);
  const other = median(baselines);
  return [
    {
      name: 'collector.decode.protobuf',
      unit: 'kspans/s',
      value,
      baseline: other,
      ratio: value / other,
      runs: rounds,
    },
  ];
}
