import { setUpOtelCollector } from '../collector/exporters/setUp.js';
import { makeRequest } from './collector/otlpLoad.js';
import { OtlpServer } from './collector/otlpServer.js';
import { type Figure, median } from './figure.js';

const spans = 512;
const bodies = 60;
const rounds = 7;
const types = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/**
 * Spans a second that one core takes over HTTP and keeps in a file: spans ÷ processor seconds of
 * the server, so that a busy machine changes nothing. Beside it a server that only decodes, and an
 * OpenTelemetry Collector that writes to a file, where one is built (`SPANPATH_GO_TESTS=1`).
 */
export default async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const built = await setUpOtelCollector();
  if ('reason' in built) console.error(`no OpenTelemetry Collector beside it: ${built.reason}`);
  for (const encoding of ['protobuf', 'json'] as const) {
    const ours = await OtlpServer.collector();
    const theirs = await OtlpServer.baseline(encoding);
    const peer =
      encoding === 'protobuf' && 'binary' in built ? await OtlpServer.peer(built.binary) : null;
    const peers: number[] = [];
    const values: number[] = [];
    const baselines: number[] = [];
    for (let round = 0; round < rounds + 1; round++) {
      const load = Array.from({ length: bodies }, (_, body) => {
        const made = makeRequest(round * bodies + body, spans);
        return encoding === 'protobuf' ? made.protobuf : Buffer.from(JSON.stringify(made.json));
      });
      const value = await measure(ours, load, types[encoding]);
      const baseline = await measure(theirs, load, types[encoding]);
      const ofPeer = peer ? await measure(peer, load, types[encoding]) : null;
      // The first round warms both up.
      if (round === 0) continue;
      values.push(value);
      baselines.push(baseline);
      if (ofPeer !== null) peers.push(ofPeer);
    }
    await peer?.stop();
    await ours.stop();
    await theirs.stop();
    const value = median(values);
    const baseline = median(baselines);
    figures.push({
      name: `collector.ingest.${encoding}`,
      unit: 'kspans/s',
      value,
      baseline,
      ratio: value / baseline,
      runs: rounds,
    });
    if (peer) {
      const other = median(peers);
      const name = `collector.ingest.${encoding}.peer`;
      const ratio = value / other;
      figures.push({ name, unit: 'kspans/s', value, baseline: other, ratio, runs: rounds });
    }
  }
  return figures;
}

async function measure(
  server: OtlpServer,
  load: readonly Uint8Array[],
  type: string,
): Promise<number> {
  const start = performance.now();
  const before = server.cpuSeconds();
  await server.send(load, type);
  const after = server.cpuSeconds();
  const seconds =
    before === null || after === null ? (performance.now() - start) / 1000 : after - before;
  return (load.length * spans) / 1000 / seconds;
}
