/** Runs the built shim and collects what comes out of it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const shimPath = resolve(process.env.SPANPATH_DIST ?? 'dist', 'shim.js');
export const serverPath = (name: string) => resolve('test/shim/servers', name);
export const temporaryDir = () => mkdtempSync(join(tmpdir(), 'spanpath-shim-'));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export class ShimProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exit: Promise<Exit>;
  private readonly output: Buffer[] = [];
  private readonly errors: Buffer[] = [];
  private answers = 0;

  /** `home` keeps discovery and spool away from the user's own. */
  constructor(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    readonly home: string = temporaryDir(),
    program: readonly string[] = [shimPath],
  ) {
    this.child = spawn(process.execPath, [...program, ...words], {
      env: { ...process.env, SPANPATH_HOME: home, ...env },
    });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.output.push(chunk);
      for (const byte of chunk) if (byte === 10) this.answers++;
    });
    this.child.stderr.on('data', (chunk: Buffer) => this.errors.push(chunk));
    this.child.stdin.on('error', () => {});
    this.exit = once(this.child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  get stdout(): Buffer {
    return Buffer.concat(this.output);
  }

  get stderr(): string {
    return Buffer.concat(this.errors).toString();
  }

  send(message: unknown): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  call(id: unknown, name: string, args: unknown = {}, more: object = {}): void {
    const params = { name, arguments: args, ...more };
    this.send({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }

  /** Until the server has said `count` lines in all. */
  async lines(count: number): Promise<void> {
    await until(() => this.answers >= count);
  }

  end(): Promise<Exit> {
    this.child.stdin.end();
    return this.exit;
  }
}

/** Looks every few milliseconds; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
