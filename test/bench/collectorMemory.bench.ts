import { makeRequest } from './collector/otlpLoad.js';
import { OtlpServer } from './collector/otlpServer.js';
import type { Figure } from './figure.js';

const spans = 512;
const requests = 1954;
const laterRequests = 600;

/**
 * What the collector's process grows by while a million spans stream through it, and by how much
 * more when the stream goes on past its retention (flat: near 0). Beside it one million spans as
 * plain objects, as measured for the usual receivers: 1,800 bytes a span.
 */
export default async function run(): Promise<Figure[]> {
  const server = await OtlpServer.collector();
  // Warm up: code, caches, the store's pages.
  await stream(server, 0, 40);
  const idle = server.residentBytes();
  await stream(server, 40, requests);
  const full = server.residentBytes();
  await stream(server, requests, requests + laterRequests);
  const later = server.residentBytes();
  await server.stop();
  if (idle === null || full === null || later === null) return [];
  const total = (requests - 40) * spans;
  const objects = 1_800;
  return [
    {
      name: 'collector.memory',
      unit: 'MB over idle, a million spans held',
      value: (full - idle) / 1e6,
      baseline: (objects * total) / 1e6,
      ratio: (full - idle) / (objects * total),
      runs: 1,
    },
    {
      name: 'collector.memory.past-retention',
      unit: 'MB more after 300,000 spans past the limit',
      value: (later - full) / 1e6,
      runs: 1,
    },
  ];
}

async function stream(server: OtlpServer, from: number, to: number): Promise<void> {
  const batch = 40;
  for (let seed = from; seed < to; seed += batch) {
    const count = Math.min(batch, to - seed);
    const load = Array.from(
      { length: count },
      (_, body) => makeRequest(seed + body, spans).protobuf,
    );
    await server.send(load, 'application/x-protobuf');
  }
}
