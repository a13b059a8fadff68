/** A raw line client: sends JSON-RPC lines to a command and times the answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const lineFeed = 0x0a;

export class LineClient {
  private readonly child: ChildProcess;
  private waiting = 0;
  private arrived: () => void = () => {};
  private nextId = 0;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const [file = '', ...args] = command;
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'], env });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      let at = chunk.indexOf(lineFeed);
      while (at >= 0) {
        this.waiting--;
        at = chunk.indexOf(lineFeed, at + 1);
      }
      this.arrived();
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async initialize(): Promise<void> {
    await this.exchange(
      `{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}\n`,
      1,
    );
    this.child.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  }

  /** One call; resolves when its answer is there. */
  call(args: string): Promise<void> {
    return this.exchange(this.request(args), 1);
  }

  /** `count` calls with `depth` of them in flight. */
  async pipeline(count: number, depth: number, args: string): Promise<void> {
    let sent = 0;
    while (sent < count || this.waiting > 0) {
      let batch = '';
      while (this.waiting < depth && sent < count) {
        batch += this.request(args);
        this.waiting++;
        sent++;
      }
      if (batch) this.child.stdin?.write(batch);
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
  }

  /** Sends a call and waits for nothing. */
  ask(args: string): void {
    this.waiting++;
    this.child.stdin?.write(this.request(args));
  }

  /** Takes no answers until `resume`. */
  pause(): void {
    this.child.stdout?.pause();
  }

  /** Takes what is there; resolves when every call was answered. */
  async resume(): Promise<void> {
    this.child.stdout?.resume();
    while (this.waiting > 0) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
  }

  /** Resident memory of the first process, in MB (Linux). */
  residentMb(field: 'VmRSS' | 'VmHWM' | 'RssAnon'): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  async close(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.stdin?.end();
    await exit;
  }

  private request(args: string): string {
    return `{"method":"tools/call","params":{"name":"echo","arguments":${args}},"jsonrpc":"2.0","id":${this.nextId++}}\n`;
  }

  private exchange(text: string, count: number): Promise<void> {
    this.waiting += count;
    return new Promise((resolve) => {
      this.arrived = () => {
        if (this.waiting === 0) resolve();
      };
      this.child.stdin?.write(text);
    });
  }
}
