/**
 * Chromium with nothing attached to its pages: what a test driver puts into a page, and the call
 * stacks an inspector collects, would be a third of what is measured.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { chromiumFlags } from '../../webview/page.js';

interface Message {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
}

const longestMs = 60_000;
/** A new window loads pages of the browser's own; what is measured is opened when they are done. */
const windowMs = 1000;

export class BareBrowser {
  private lastId = 0;
  private readonly answers = new Map<number, (result: Record<string, unknown>) => void>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data) => this.receive(JSON.parse(String(data)) as Message));
  }

  static async launch(): Promise<BareBrowser> {
    const profile = mkdtempSync(join(tmpdir(), 'spanpath-browser-'));
    const child = spawn(
      process.env.SPANPATH_CHROMIUM ?? '/usr/bin/chromium',
      [
        ...chromiumFlags,
        '--headless',
        '--window-size=1280,800',
        '--remote-debugging-port=0',
        `--user-data-dir=${profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    for await (const line of createInterface({ input: child.stderr })) {
      const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (!address) continue;
      child.stderr.resume();
      const socket = new WebSocket(address);
      await once(socket, 'open');
      return new BareBrowser(child, profile, socket);
    }
    throw new Error('Chromium did not start');
  }

  /** ms from the start of the navigation to the end of the first frame that shows something. */
  async timeToPaint(url: string, shown: string): Promise<number> {
    const { targetId } = await this.ask('Target.createTarget', {
      url: 'about:blank',
      // A page behind another one gets no frames.
      newWindow: true,
    });
    await new Promise((resolve) => setTimeout(resolve, windowMs));
    const target = String(targetId);
    const { sessionId } = await this.ask('Target.attachToTarget', {
      targetId: target,
      flatten: true,
    });
    // A message that is posted from a frame comes when that frame has been painted. Whether there
    // is something to see is asked in the frame: what comes after it is not painted by it.
    const source = `
      const { port1, port2 } = new MessageChannel();
      const tick = () => requestAnimationFrame(() => port2.postMessage(!!(${shown})));
      port1.onmessage = ({ data }) => {
        if (data) globalThis.paintedAt = performance.now();
        else tick();
      };
      tick();`;
    const page = String(sessionId);
    await this.ask('Page.enable', {}, page);
    await this.ask('Page.addScriptToEvaluateOnNewDocument', { source }, page);
    await this.ask('Page.navigate', { url }, page);
    const latest = performance.now() + longestMs;
    let at = Number.NaN;
    while (Number.isNaN(at)) {
      if (performance.now() > latest) throw new Error(`${url} shows nothing`);
      await new Promise((resolve) => setTimeout(resolve, 25));
      const read = await this.ask('Runtime.evaluate', { expression: 'globalThis.paintedAt' }, page);
      at = Number((read.result as { value?: number } | undefined)?.value ?? Number.NaN);
    }
    await this.ask('Target.closeTarget', { targetId: target });
    return at;
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.socket.terminate();
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private ask(method: string, params: object, sessionId?: string) {
    const id = ++this.lastId;
    this.socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    return new Promise<Record<string, unknown>>((resolve) => this.answers.set(id, resolve));
  }

  private receive({ id, result }: Message): void {
    if (id !== undefined) {
      this.answers.get(id)?.(result ?? {});
      this.answers.delete(id);
    }
  }
}
