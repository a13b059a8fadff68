import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface Answer {
  readonly id?: number;
  readonly result?: {
    readonly content?: readonly { readonly text?: string }[];
    readonly isError?: boolean;
  };
  readonly error?: { readonly code: number; readonly message: string };
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A client that speaks lines of JSON-RPC, so that every byte of the server can be looked at. */
export class StdioClient {
  /** Everything the server wrote to stdout and stderr. */
  stdout = '';
  stderr = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly pending = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  private readonly exited: Promise<number | null>;
  private nextId = 1;

  constructor({ command, args, cwd, env }: ServerCommand) {
    this.child = spawn(command, args, { cwd, env, stdio: 'pipe' });
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.receive(line);
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    // What it wrote last may be read only after it has gone: `close` comes when all was read.
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code) => {
        for (const { reject } of this.pending.values()) {
          reject(new Error(`the server ended with ${code}: ${this.stderr}`));
        }
        resolve(code);
      });
      this.child.on('error', (error) => {
        this.stderr += error.message;
        resolve(null);
      });
    });
  }

  async initialize(): Promise<Answer> {
    const answer = await this.request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'interop', version: '1' },
    });
    this.notify('notifications/initialized');
    return answer;
  }

  notify(method: string, params: object = {}): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  request(method: string, params: object): Promise<Answer> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  /** `tools/call` below a given span, as the shim would have it. */
  callTool(name: string, args: object, traceparent?: string): Promise<Answer> {
    return this.request('tools/call', {
      name,
      arguments: args,
      ...(traceparent ? { _meta: { traceparent } } : {}),
    });
  }

  /** Closes stdin and waits for the exit code. */
  async end(): Promise<number | null> {
    this.child.stdin.end();
    return this.exited;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private send(message: object): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  private receive(line: string): void {
    let message: Answer;
    try {
      message = JSON.parse(line) as Answer;
    } catch {
      return;
    }
    const waiting = message.id === undefined ? undefined : this.pending.get(message.id);
    if (message.id !== undefined) this.pending.delete(message.id);
    waiting?.resolve(message);
  }
}
