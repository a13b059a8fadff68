import * as vscode from 'vscode';
import type { HostEvents, HostRequests, TraceRequests } from '../../core/protocol.js';
import { Rpc } from '../../core/rpc.js';
import type { SpanRef } from '../../core/trace/model.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import { PageLoader } from '../pageLoader.js';
import { renderPage } from '../webviewPage.js';

type NoRequests = Record<never, never>;
type NoEvents = Record<never, never>;
type ViewRpc = Rpc<NoRequests, HostRequests, NoEvents, HostEvents>;
type Handlers<R> = {
  [M in keyof R]: R[M] extends { params: infer P; result: infer T }
    ? (params: P) => T | Promise<T>
    : never;
};
/** What the host itself answers; everything else of the view goes on to the collector. */
export type HostHandlers = Handlers<Omit<HostRequests, keyof TraceRequests>>;

/** Every request that reads the store. */
export const traceMethods: readonly (keyof TraceRequests)[] = [
  'session/summary',
  'rows/list',
  'rows/locate',
  'overview/list',
  'rows/next',
  'span/details',
  'statistics/list',
  'findings/list',
];

export const traceViewType = 'spanpath.trace';

export interface PanelOptions {
  readonly preserveFocus?: boolean;
  /** Selected and brought on screen. */
  readonly span?: SpanRef;
  /** With `span`: the call to lay beside it. */
  readonly before?: SpanRef;
  readonly show?: HostEvents['view/show'];
}

/** The trace view: one panel beside the editor, kept by the editor across reloads. */
export class TracePanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private rpc: ViewRpc | null = null;
  /** What to show when the page, that is still loading, asks for the first time. */
  private pending: PanelOptions | null = null;
  private problem: string | null = null;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly collector: CollectorClient,
    private readonly handlers: HostHandlers,
    private readonly distDir: vscode.Uri,
  ) {
    this.subscriptions = [
      collector.on('session/changed', (summary) => this.tell('session/changed', summary)),
    ];
  }

  get isOpen(): boolean {
    return this.panel !== null;
  }

  open(options: PanelOptions = {}): void {
    this.pending = options;
    const { preserveFocus = false } = options;
    if (this.panel) {
      if (!this.panel.visible || !preserveFocus) this.panel.reveal(undefined, preserveFocus);
      this.revealPending();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      traceViewType,
      'Spanpath',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus },
      { enableFindWidget: false },
    );
    this.adopt(panel);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
  }

  /** Shown as a banner in the view; null takes it away. */
  setProblem(message: string | null): void {
    this.problem = message;
    this.tell('view/problem', { message });
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    const icon = (theme: string) =>
      vscode.Uri.joinPath(this.distDir, '..', 'media', `trace-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.distDir] };
    this.rpc = new Rpc<NoRequests, HostRequests, NoEvents, HostEvents>(
      {
        send: (message) => void panel.webview.postMessage(message),
        onMessage: (listener) => void panel.webview.onDidReceiveMessage(listener),
      },
      { ...this.passedOn(), ...this.handlers },
    );
    const render = (): string =>
      renderPage(panel.webview, this.distDir, {
        script: 'webview/main.js',
        controls: 'webview/controls.js',
        style: 'webview/main.css',
        title: 'Spanpath',
      });
    const loader = new PageLoader(panel.webview, render, () => panel.visible);
    let wasVisible = panel.visible;
    panel.onDidChangeViewState(() => {
      if (panel.visible && !wasVisible) loader.shown();
      wasVisible = panel.visible;
    });
    panel.onDidDispose(() => {
      loader.dispose();
      if (this.panel !== panel) return;
      this.panel = null;
      this.rpc = null;
    });
  }

  private passedOn(): Handlers<TraceRequests> {
    const pass = (method: keyof TraceRequests) => async (params: never) => {
      const result = await this.collector.request(method, params);
      // The page has asked, so it listens: now it can be told what waited for it.
      if (method === 'session/summary') this.greet();
      return result;
    };
    return Object.fromEntries(
      traceMethods.map((method) => [method, pass(method)]),
    ) as unknown as Handlers<TraceRequests>;
  }

  private greet(): void {
    if (this.problem) this.tell('view/problem', { message: this.problem });
    this.revealPending();
  }

  private revealPending(): void {
    const { span, before, show } = this.pending ?? {};
    if (show) this.tell('view/show', show);
    if (span) this.tell('view/reveal', { span, ...(before ? { before } : {}) });
    this.pending = null;
  }

  private tell<E extends keyof HostEvents & string>(event: E, payload: HostEvents[E]): void {
    this.rpc?.emit(event, payload);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.panel?.dispose();
  }
}
