import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerProcess } from './connection.js';

const startTimeoutMs = 20_000;
const stopGraceMs = 2_000;

export type ProxyProcess = Pick<ServerProcess, 'command' | 'args' | 'env' | 'cwd'>;

/** The shim as a proxy in front of a server behind a URL. */
export class HttpProxy {
  private constructor(
    private readonly child: ChildProcess,
    /** Where the client should go instead. */
    readonly url: string,
  ) {}

  /**
   * Resolves when the proxy listens. `onText` gets what it writes, `onExit` its end.
   * @throws with the proxy's own words when it does not listen
   */
  static start(
    command: ProxyProcess,
    onText: (text: string) => void,
    onExit: () => void,
  ): Promise<HttpProxy> {
    const child = spawn(command.command, [...command.args], {
      env: { ...command.env },
      cwd: command.cwd,
      // The proxy ends when this pipe does, however the editor goes away.
      stdio: ['pipe', 'ignore', 'pipe'],
      windowsHide: true,
    });
    return new Promise((resolve, reject) => {
      let said = '';
      const fail = (reason: string) => {
        clearTimeout(timer);
        child.kill();
        reject(new Error(reason));
      };
      const timer = setTimeout(() => fail('The proxy did not start in time'), startTimeoutMs);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code) => {
        fail(said.trim() || `The proxy exited with code ${code}`);
        onExit();
      });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        onText(text);
        if (said.length < 4096) said += text;
        const [, url] = /^spanpath: (http:\/\/\S+) traces /m.exec(said) ?? [];
        if (!url) return;
        clearTimeout(timer);
        resolve(new HttpProxy(child, url));
      });
    });
  }

  stop(): void {
    this.child.stdin?.end();
    this.child.kill('SIGTERM');
    setTimeout(() => this.child.kill('SIGKILL'), stopGraceMs).unref();
  }
}
