/** A collector with a session of as many spans as asked for, and the page that shows it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const spansEach = 10;
const originNanos = 1_790_000_000_000_000_000n;

export class BenchSession {
  private sent = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly otlp: string,
    readonly ui: string,
    private readonly token: string,
  ) {}

  static async start(): Promise<BenchSession> {
    const directory = mkdtempSync(join(tmpdir(), 'spanpath-view-'));
    const child = spawn(
      process.execPath,
      [
        join(process.env.SPANPATH_DIST ?? 'dist', 'cli.js'),
        'collect',
        '--db',
        join(directory, 'session.db'),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { otlp, ui, token } = JSON.parse(line) as { otlp: string; ui: string; token: string };
    return new BenchSession(child, directory, otlp, ui, token);
  }

  /** Whole calls of ten spans; resolves when the collector has them. */
  async add(spans: number, batch = 5000): Promise<void> {
    for (let left = spans; left > 0; left -= batch) {
      const calls = Math.ceil(Math.min(batch, left) / spansEach);
      const response = await fetch(`${this.otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
        body: this.body(calls),
      });
      if (!response.ok) throw new Error(`the collector answers ${response.status}`);
      await response.arrayBuffer();
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }

  private body(calls: number): string {
    const spans: string[] = [];
    for (let call = 0; call < calls; call++) {
      const number = this.sent++;
      const traceId = (number + 1).toString(16).padStart(32, '0');
      const start = originNanos + BigInt(number) * 40_000_000n;
      for (let at = 0; at < spansEach; at++) spans.push(spanText(traceId, at, start, number));
    }
    return `{"resourceSpans":[{"resource":{"attributes":[${text('service.name', 'bench')},${text('spanpath.server.name', 'bench')}]},"scopeSpans":[{"scope":{"name":"spanpath.shim"},"spans":[${spans.join(',')}]}]}]}`;
  }
}

const text = (key: string, value: string) => `{"key":"${key}","value":{"stringValue":"${value}"}}`;

/** One call: the wire, its handler, and eight steps inside it; one call in 17 fails. */
function spanText(traceId: string, at: number, callStart: bigint, number: number): string {
  const spanId = (at + 1).toString(16).padStart(16, '0');
  const parent =
    at === 0 ? '' : `,"parentSpanId":"${(at === 1 ? 1 : 2).toString(16).padStart(16, '0')}"`;
  const start = callStart + BigInt(at) * 2_000_000n;
  const end = at < 2 ? callStart + BigInt(36_000_000 - at * 2_000_000) : start + 1_900_000n;
  const failed = at === 0 && number % 17 === 5;
  const attributes =
    at === 0
      ? [
          text('mcp.method.name', 'tools/call'),
          text('gen_ai.tool.name', `tool_${number % 8}`),
          text('gen_ai.tool.call.arguments', `{\\"page\\":${number}}`),
          text('spanpath.outcome', failed ? 'tool_error' : 'ok'),
        ]
      : [text('http.request.method', 'GET'), text('url.full', `http://127.0.0.1/page/${number}`)];
  const name = at === 0 ? `tools/call tool_${number % 8}` : at === 1 ? 'handle' : `GET /page/${at}`;
  return `{"traceId":"${traceId}","spanId":"${spanId}"${parent},"name":"${name}","kind":${at === 0 ? 3 : 1},"startTimeUnixNano":"${start}","endTimeUnixNano":"${end}","attributes":[${attributes.join(',')}],"status":{"code":${failed ? 2 : 0}}}`;
}
