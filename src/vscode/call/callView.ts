import * as vscode from 'vscode';
import type { CallResult, CallSubject, FormEvents, FormRequests } from '../../core/protocol.js';
import { Rpc } from '../../core/rpc.js';
import { parseJsonText } from '../../core/schema/parseInput.js';
import type { SpanRef } from '../../core/trace/model.js';
import { PageLoader } from '../pageLoader.js';
import type { Connection, JsonObject } from '../servers/connection.js';
import { olderNote, type Server } from '../servers/server.js';
import { renderPage } from '../webviewPage.js';
import type { CallMemory } from './callMemory.js';
import { type Callable, completionRef, createSubject, offered } from './callSubject.js';
import { shortenTexts } from './longTexts.js';
import { runCall } from './runCall.js';

type FormRpc = Rpc<Record<never, never>, FormRequests, Record<never, never>, FormEvents>;

export interface CallViewParts {
  readonly memory: CallMemory;
  readonly distDir: vscode.Uri;
  /** Starts the server when it does not run; false when it cannot. */
  readonly ensureRunning: (server: Server) => Promise<boolean>;
  /** The same for a process that is older than its files; false when it does not run then. */
  readonly restart: (server: Server) => Promise<boolean>;
  readonly onDidChangeServer: vscode.Event<Server | undefined>;
  readonly openHandler: (server: Server, callable: Callable) => Promise<unknown>;
  /** The call of this server and name that started at `since` (ms) or later. */
  readonly findSpan: (call: SentCall) => Promise<SpanRef | null>;
  readonly showInTrace: (call: SentCall) => Promise<unknown>;
  /** The same once it is there, without taking the focus. */
  readonly followInTrace: (call: SentCall, before: SpanRef | null) => Promise<unknown>;
  readonly shared: Pick<
    { [M in keyof FormRequests]: (params: FormRequests[M]['params']) => unknown },
    'clipboard/write' | 'text/open' | 'link/open'
  >;
}

/** A call of the form; `since` is when it was sent, Unix time in ms. */
export interface SentCall {
  readonly server: string;
  readonly name: string;
  readonly since: number;
}

export interface ReplayOptions {
  readonly argumentsText?: string;
  readonly callNow?: boolean;
  readonly note?: string;
  /** The trace view goes to the new call; with `before`, that one is laid beside it. */
  readonly follow?: { readonly before: SpanRef | null };
}

/** The Call view under the servers: the form of one tool, and what came back. */
export class CallView implements vscode.WebviewViewProvider {
  /** The page has loaded and hears what it is told. */
  private isListening = false;
  private rpc: FormRpc | null = null;
  private current: { server: Server; callable: Callable } | null = null;
  private asked: Pick<ReplayOptions, 'callNow' | 'note'> = {};
  private follow: ReplayOptions['follow'];
  private running: AbortController | null = null;
  private longTexts: ReadonlyMap<string, string> = new Map();
  private lastCall: SentCall | null = null;

  constructor(private readonly parts: CallViewParts) {
    parts.onDidChangeServer((server) => {
      if (server && server === this.current?.server) this.serverChanged(server);
    });
  }

  /** The form is of what the server offers now, which may differ after an edit. */
  private serverChanged(server: Server): void {
    const before = this.current?.callable;
    const { state } = server;
    const callable = before && state.kind === 'running' && offered(state.offer, before);
    if (callable && JSON.stringify(callable) !== JSON.stringify(before)) {
      this.current = { server, callable };
      const subject = this.subject();
      if (subject && this.isListening) this.rpc?.emit('form/show', subject);
    }
    this.rpc?.emit('form/older', { note: olderNote(server)[0] ?? null });
  }

  /** Shows the form, filled in with what was sent last or with what is given. */
  async show(server: Server, callable: Callable, replay: ReplayOptions = {}): Promise<void> {
    const { argumentsText, follow, ...asked } = replay;
    this.current = { server, callable };
    const subject = this.subject();
    this.asked = asked;
    this.follow = follow;
    if (argumentsText !== undefined && subject)
      await this.parts.memory.keep(subject.id, argumentsText);
    // First the focus, then the form: whoever sees the form can type into it.
    await vscode.commands.executeCommand('spanpath.call.focus');
    if (!this.isListening) return;
    const shown = this.takeSubject();
    if (shown) this.rpc?.emit('form/show', shown);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.isListening = false;
    view.webview.options = { enableScripts: true, localResourceRoots: [this.parts.distDir] };
    this.rpc = new Rpc<Record<never, never>, FormRequests, Record<never, never>, FormEvents>(
      {
        send: (message) => void view.webview.postMessage(message),
        onMessage: (listener) => void view.webview.onDidReceiveMessage(listener),
      },
      this.answers(),
    );
    const render = (): string =>
      renderPage(view.webview, this.parts.distDir, {
        script: 'webview/form.js',
        style: 'webview/form.css',
        title: 'Call',
      });
    const loader = new PageLoader(view.webview, render, () => view.visible);
    view.onDidChangeVisibility(() => view.visible && loader.shown());
    view.onDidDispose(() => {
      loader.dispose();
      this.isListening = false;
      this.rpc = null;
    });
  }

  private answers(): ConstructorParameters<
    typeof Rpc<Record<never, never>, FormRequests, Record<never, never>, FormEvents>
  >[1] {
    const done = async (work: unknown): Promise<null> => {
      await work;
      return null;
    };
    const { shared } = this.parts;
    return {
      'form/subject': () => {
        this.isListening = true;
        return this.takeSubject();
      },
      'form/call': ({ id, arguments: text }) => this.call(id, text),
      'form/openLong': ({ path, language }) => {
        const text = this.longTexts.get(path) ?? '';
        return done(shared['text/open']({ title: 'Result', text, language }));
      },
      'form/copyLong': ({ path }) =>
        done(shared['clipboard/write']({ text: this.longTexts.get(path) ?? '' })),
      'form/cancel': () => {
        this.running?.abort('cancelled by the user');
        return null;
      },
      'form/keep': ({ id, arguments: text }) => done(this.parts.memory.keep(id, text)),
      'form/restart': () => this.restart(),
      'form/complete': (params) => this.complete(params),
      'form/pick': () => done(vscode.commands.executeCommand('spanpath.callTool')),
      'form/openHandler': () =>
        done(this.current && this.parts.openHandler(this.current.server, this.current.callable)),
      'form/showTrace': () => {
        const { lastCall } = this;
        return done(lastCall && this.parts.showInTrace(lastCall));
      },
      'clipboard/write': (params) => done(shared['clipboard/write'](params)),
      'text/open': (params) => done(shared['text/open'](params)),
      'link/open': (params) => done(shared['link/open'](params)),
    };
  }

  /** What was asked for once is not asked for again when the page is made anew. */
  private takeSubject(): CallSubject | null {
    const subject = this.subject();
    const { asked } = this;
    this.asked = {};
    return subject && { ...subject, ...asked };
  }

  private subject(): CallSubject | null {
    if (!this.current) return null;
    const { server, callable } = this.current;
    const subject = createSubject(server.id, server.tracedName, callable);
    const [older] = olderNote(server);
    const lastArguments = this.parts.memory.recall(subject.id);
    const completes = callable.kind !== 'tool' && connectionOf(server)?.complete !== undefined;
    return { ...subject, lastArguments, completes, ...(older ? { older } : {}) };
  }

  /** The call that comes next is laid beside the last one: before and after the edit. */
  private async restart(): Promise<boolean> {
    const { current, lastCall } = this;
    if (!current) return false;
    const isSame = lastCall?.name === this.subject()?.name;
    const before = lastCall && isSame ? await this.parts.findSpan(lastCall) : null;
    if (!(await this.parts.restart(current.server))) return false;
    this.follow = { before };
    return true;
  }

  /** A server that refuses or takes its time proposes nothing; nobody waits for it. */
  private async complete({
    argument,
    value,
    others,
  }: FormRequests['form/complete']['params']): Promise<readonly string[]> {
    const { server, callable } = this.current ?? {};
    const ask = server && connectionOf(server)?.complete;
    const ref = callable && completionRef(callable);
    if (!ask || !ref) return [];
    return ask(ref, { name: argument, value }, others).catch(() => []);
  }

  private async call(id: string, text: string): Promise<CallResult> {
    const { current } = this;
    const subject = this.subject();
    if (!current || !subject) throw new Error('Choose a tool first');
    // Its form is on the way: these arguments were meant for the one before.
    if (subject.id !== id) throw new Error(`“${subject.name}” was chosen meanwhile`);
    const parsed = parseJsonText(text);
    if ('problem' in parsed) throw new Error(parsed.problem);
    await this.parts.memory.keep(subject.id, text);
    return this.send(current.server, current.callable, subject.name, parsed.value as JsonObject);
  }

  /** One call at a time, as there is one form; its progress goes to the page. */
  private async send(
    server: Server,
    callable: Callable,
    name: string,
    args: JsonObject,
  ): Promise<CallResult> {
    const abort = new AbortController();
    this.running?.abort('another call began');
    this.running = abort;
    if (!(await this.parts.ensureRunning(server)) || server.state.kind !== 'running') {
      const { state } = server;
      throw new Error(state.kind === 'failed' ? state.reason : 'The server is not running');
    }
    this.lastCall = { server: server.tracedName, name, since: Date.now() };
    this.longTexts = new Map();
    const { follow, lastCall } = this;
    this.follow = undefined;
    // It is found while it runs; a trace view that cannot go there is no failure of the call.
    if (follow) void this.parts.followInTrace(lastCall, follow.before).catch(() => undefined);
    try {
      const ended = await runCall(server.state.connection, callable, args ?? {}, {
        signal: abort.signal,
        onProgress: ({ progress, total, message }) =>
          this.rpc?.emit('call/progress', {
            progress,
            total: total ?? null,
            message: message ?? '',
          }),
      });
      if (!ended.result) return ended;
      const { result, whole } = shortenTexts(ended.result);
      this.longTexts = whole;
      const long = Object.fromEntries([...whole].map(([path, text]) => [path, text.length]));
      return { ...ended, result, long };
    } finally {
      if (this.running === abort) this.running = null;
    }
  }
}

function connectionOf({ state }: Server): Connection | null {
  return state.kind === 'running' ? state.connection : null;
}
