import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../fixtures/freePort.js';

/** A receiver in a process of its own, and what it cost. */
export class OtlpServer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 4 });

  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
    private readonly folder: string | null,
    /** OTLP/gRPC beside it, where it was asked for. */
    readonly grpc: string | null = null,
  ) {}

  /** `dist/cli.js collect` with a store on disk. */
  static async collector(...more: readonly string[]): Promise<OtlpServer> {
    const folder = mkdtempSync(join(tmpdir(), 'spanpath-bench-'));
    const cli = join(process.env.SPANPATH_DIST ?? 'dist', 'cli.js');
    const args = [cli, 'collect', '--no-token', '--db', join(folder, 'traces.db'), ...more];
    return OtlpServer.start(args, folder);
  }

  static baseline(encoding: 'protobuf' | 'json' | 'grpc'): Promise<OtlpServer> {
    return OtlpServer.start(['test/bench/collector/decodeServer.mjs', encoding], null);
  }

  /** An OpenTelemetry Collector that writes what it receives to a file. */
  static async peer(binary: string): Promise<OtlpServer> {
    const folder = mkdtempSync(join(tmpdir(), 'spanpath-bench-'));
    const port = await findFreePort();
    const config = join(folder, 'config.yaml');
    writeFileSync(
      config,
      `receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${port}"}}}}
exporters: {file: {path: "${join(folder, 'spans.binpb')}", format: proto}}
service:
  telemetry: {metrics: {level: none}, logs: {level: error}}
  pipelines: {traces: {receivers: [otlp], exporters: [file]}}
`,
    );
    const child = spawn(binary, ['--config', `file:${config}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const server = new OtlpServer(child, `http://127.0.0.1:${port}`, folder);
    for (let tries = 0; ; tries++) {
      try {
        await server.send([new Uint8Array()], 'application/x-protobuf');
        return server;
      } catch (error) {
        if (tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  private static async start(args: readonly string[], folder: string | null): Promise<OtlpServer> {
    const home = folder ?? tmpdir();
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SPANPATH_HOME: home },
    });
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: child.stdout! }).once('line', resolve),
    );
    const { otlp, grpc } = JSON.parse(line) as { otlp: string; grpc: string | null };
    return new OtlpServer(child, otlp, folder, grpc);
  }

  /** Sends all bodies, four at a time; every one must be answered with success. */
  async send(bodies: readonly Uint8Array[], type: string): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let body = bodies[next++]; body; body = bodies[next++]) await this.post(body, type);
    };
    await Promise.all([work(), work(), work(), work()]);
  }

  /** Processor seconds that its threads used so far; null where the system does not tell. */
  cpuSeconds(): number | null {
    const folder = `/proc/${this.child.pid}/task`;
    if (!existsSync(`${folder}/${this.child.pid}/schedstat`)) return null;
    let nanos = 0;
    for (const thread of readdirSync(folder)) {
      nanos += Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanos / 1e9;
  }

  /** Resident bytes; null where the system does not tell. */
  residentBytes(): number | null {
    const path = `/proc/${this.child.pid}/status`;
    if (!existsSync(path)) return null;
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  private post(body: Uint8Array, type: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.endpoint}/v1/traces`,
        {
          method: 'POST',
          agent: this.agent,
          headers: { 'Content-Type': type, 'Content-Length': body.length },
        },
        (response) => {
          response.resume();
          response.once('end', () =>
            response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
          );
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
  }
}
