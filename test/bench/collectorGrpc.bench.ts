import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { serviceOf } from '../../src/collector/grpc/services.js';
import { makeRequest } from './collector/otlpLoad.js';
import { OtlpServer } from './collector/otlpServer.js';
import { type Figure, median } from './figure.js';

const spans = 512;
const bodies = 60;
const rounds = 7;

/**
 * Spans a second that one core takes over gRPC and keeps in a file: spans ÷ processor seconds of
 * the server. Beside it a server of the same library that only decodes, with a generated decoder.
 */
export default async function run(): Promise<Figure[]> {
  const ours = new GrpcSender(await OtlpServer.collector('--grpc-port', '0'));
  const theirs = new GrpcSender(await OtlpServer.baseline('grpc'));
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const load = Array.from({ length: bodies }, (_, body) =>
      Buffer.from(makeRequest(round * bodies + body, spans).protobuf),
    );
    const value = await ours.measure(load);
    const baseline = await theirs.measure(load);
    // The first round warms both up.
    if (round === 0) continue;
    values.push(value);
    baselines.push(baseline);
  }
  await ours.stop();
  await theirs.stop();
  const value = median(values);
  const baseline = median(baselines);
  return [
    {
      name: 'collector.ingest.grpc',
      unit: 'kspans/s',
      value,
      baseline,
      ratio: value / baseline,
      runs: rounds,
    },
  ];
}

class GrpcSender {
  private readonly client: Client;

  constructor(private readonly server: OtlpServer) {
    const { host } = new URL(server.grpc ?? '');
    this.client = new Client(host, credentials.createInsecure());
  }

  /** Thousands of spans a second of the server's processor; of the clock where that is unknown. */
  async measure(load: readonly Buffer[]): Promise<number> {
    const start = performance.now();
    const before = this.server.cpuSeconds();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let body = load[next++]; body; body = load[next++]) await this.send(body);
    };
    await Promise.all([work(), work(), work(), work()]);
    const after = this.server.cpuSeconds();
    const seconds =
      before === null || after === null ? (performance.now() - start) / 1000 : after - before;
    return (load.length * spans) / 1000 / seconds;
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.server.stop();
  }

  private send(body: Buffer): Promise<void> {
    const asIs = (bytes: Buffer): Buffer => bytes;
    const { path } = serviceOf('traces').Export!;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, asIs, asIs, body, new Metadata(), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
}
