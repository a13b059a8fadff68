import { connect } from 'node:net';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import { type GrpcOptions, startGrpcServer } from '../../src/collector/grpc/server.js';
import { serviceOf } from '../../src/collector/grpc/services.js';
import { readMessage } from '../../src/core/otlp/readMessage.js';
import { Message } from '../../src/core/otlp/schema.js';
import { WireReader } from '../../src/core/otlp/wireReader.js';
import { encodeTold, mcp } from '../unit/core/trace/telling.js';
import { listRows, run, token } from './running.js';
import { runTarget, target, until } from './targets.js';

const told = { id: 'a', kind: 3, attributes: mcp('search'), scope: 'spanpath.shim' };

interface Reply {
  readonly response: Buffer | null;
  readonly error: ServiceError | null;
}

/** Calls a signal's Export as a gRPC client does. */
function exportBy(
  port: number,
  body: Uint8Array,
  given: {
    signal?: 'traces' | 'logs' | 'metrics';
    metadata?: Record<string, string>;
    options?: object;
    path?: string;
  } = {},
): Promise<Reply> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    ...given.options,
  });
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  const headers = given.metadata ?? { authorization: `Bearer ${token}` };
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const { path } = serviceOf(given.signal ?? 'traces').Export!;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      given.path ?? path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.from(body),
      metadata,
      (error, response) => resolve({ error, response: response ?? null }),
    );
  });
}

async function runGrpc(): Promise<{ collector: Collector; port: number }> {
  const collector = await run();
  return { collector, port: await collector.outlets.openGrpc(0) };
}

const defaults: GrpcOptions = {
  port: 0,
  admits: () => true,
  isFull: () => false,
  accept: async () => ({ accepted: 0, rejected: 0, firstReason: null }),
};

async function serve(options: Partial<GrpcOptions>): Promise<number> {
  const server = await startGrpcServer({ ...defaults, ...options });
  onTestFinished(() => server.stop());
  return server.port;
}

const rpcStatus = new Message('Status').define({
  code: [1, 'int64'],
  message: [2, 'string'],
  'details*': [
    3,
    new Message('Any').define({
      typeUrl: [1, 'string'],
      value: [
        2,
        new Message('RetryInfo').define({
          retryDelay: [1, new Message('Duration').define({ seconds: [1, 'int64'] })],
        }),
      ],
    }),
  ],
});

describe('OTLP over gRPC', () => {
  it('takes spans and answers with an empty response', async () => {
    const { collector, port } = await runGrpc();
    expect(await exportBy(port, encodeTold(told))).toEqual({
      error: null,
      response: Buffer.alloc(0),
    });
    expect(await listRows(collector)).toEqual(['0 search']);
  });

  it.each(['traces', 'logs', 'metrics'] as const)(
    'takes an empty request for %s',
    async (signal) => {
      const { port } = await runGrpc();
      expect((await exportBy(port, new Uint8Array(), { signal })).error).toBeNull();
    },
  );

  it('takes gzip', async () => {
    const { collector, port } = await runGrpc();
    const options = { 'grpc.default_compression_algorithm': 2 };
    expect((await exportBy(port, encodeTold(told), { options })).error).toBeNull();
    expect(await listRows(collector)).toHaveLength(1);
  });

  it('says how many spans it rejected, and why', async () => {
    const { port } = await runGrpc();
    // A span with a name and no ids, in a request of its own.
    const bad = Buffer.from([0x0a, 7, 0x12, 5, 0x12, 3, 0x2a, 1, 0x78]);
    const { error, response } = await exportBy(port, Buffer.concat([encodeTold(told), bad]));
    expect(error).toBeNull();
    const partial = new Message('Partial').define({
      rejected: [1, 'int64'],
      reason: [2, 'string'],
    });
    const answer = new Message('Answer').define({ partialSuccess: [1, partial] });
    expect(readMessage(answer, new WireReader(response!), response!.length)).toEqual({
      partialSuccess: { rejected: '1', reason: 'traceId is missing or zero' },
    });
  });

  it('refuses what is not OTLP as INVALID_ARGUMENT', async () => {
    const { port } = await runGrpc();
    const { error } = await exportBy(port, Buffer.from([0x0a, 0xff, 0x01]));
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'a length reaches past its message',
    });
  });

  it.each([{}, { authorization: 'Bearer wrong' }, { authorization: token }])(
    'refuses %j as UNAUTHENTICATED',
    async (metadata) => {
      const { collector, port } = await runGrpc();
      const { error } = await exportBy(port, encodeTold(told), { metadata });
      expect(error?.code).toBe(status.UNAUTHENTICATED);
      expect((await collector.handlers['session/summary'](null)).spans).toBe(0);
    },
  );

  it('answers UNIMPLEMENTED to services it does not have', async () => {
    const { port } = await runGrpc();
    const { error } = await exportBy(port, Buffer.alloc(0), {
      path: '/grpc.health.v1.Health/Check',
    });
    expect(error?.code).toBe(status.UNIMPLEMENTED);
  });

  it('refuses a message past 64 MiB, also one that only unpacks to it', async () => {
    const port = await serve({});
    const large = Buffer.alloc(64 * 1024 * 1024 + 1);
    const options = { 'grpc.default_compression_algorithm': 2 };
    expect((await exportBy(port, large)).error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await exportBy(port, large, { options })).error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await exportBy(port, Buffer.alloc(10))).error).toBeNull();
  });

  it('asks senders to come again while too much waits, and says when', async () => {
    const port = await serve({ isFull: () => true });
    const { error } = await exportBy(port, encodeTold(told));
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
    const details = error!.metadata.get('grpc-status-details-bin')[0] as Buffer;
    expect(readMessage(rpcStatus, new WireReader(details), details.length)).toEqual({
      code: String(status.RESOURCE_EXHAUSTED),
      message: 'too much waits to be stored',
      details: [
        {
          typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
          value: { retryDelay: { seconds: '1' } },
        },
      ],
    });
  });

  it('answers INTERNAL when it cannot store, so that nothing counts as delivered', async () => {
    const port = await serve({ accept: () => Promise.reject(new Error('disk full')) });
    const { error } = await exportBy(port, encodeTold(told));
    expect(error).toMatchObject({ code: status.INTERNAL, details: 'disk full' });
  });

  it('forwards what came by gRPC like everything else', async () => {
    const { url, arrivals } = await runTarget();
    const { collector, port } = await runGrpc();
    await collector.outlets.configure({ httpPort: null, grpcPort: null, forward: [target(url)] });
    await exportBy(port, encodeTold(told));
    await until(() => arrivals.length === 1);
    expect(arrivals[0]!.body.equals(encodeTold(told))).toBe(true);
  });

  it('takes no more connections than it can serve, and goes on with those', async () => {
    const port = await serve({});
    const sockets = Array.from({ length: 400 }, () => connect(port, '127.0.0.1'));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const closed = sockets.map(
      (socket) =>
        new Promise((resolve) => {
          socket.on('close', () => resolve(true)).on('error', () => {});
          socket.resume();
        }),
    );
    const refused = async (): Promise<number> => {
      const states = closed.map((one) => Promise.race([one, Promise.resolve(false)]));
      return (await Promise.all(states)).filter(Boolean).length;
    };
    await until(async () => (await refused()) >= 400 - 128);
    for (const socket of sockets) socket.destroy();
    await until(async () => (await exportBy(port, Buffer.alloc(0))).error === null);
  });

  it('says that its port is taken', async () => {
    const port = await serve({});
    await expect(startGrpcServer({ ...defaults, port })).rejects.toThrow(/EADDRINUSE/);
  });

  it('ends at once although a client stays connected', async () => {
    const { collector, port } = await runGrpc();
    await exportBy(port, encodeTold(told));
    await collector.stop();
    expect((await exportBy(port, encodeTold(told))).error?.code).toBe(status.UNAVAILABLE);
  });
});
