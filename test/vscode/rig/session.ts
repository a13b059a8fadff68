import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../scripts/chromium.mjs';
import {
  ensureCodeServer,
  makeFolders,
  runCodeServer,
  startCodeServer,
} from '../../../scripts/codeServer.mjs';
import { root } from '../../../scripts/ensure.mjs';
import { CallForm } from '../pages/callForm.js';
import { ServersView } from '../pages/serversView.js';
import { TraceView } from '../pages/traceView.js';
import { Workbench } from '../pages/workbench.js';
import { Probe } from './probe.js';
import type { Workspace } from './workspace.js';

export interface SessionOptions {
  readonly workspace: Workspace;
  /** 'ask' opens the folder untrusted. */
  readonly trust?: 'trusted' | 'ask';
  readonly settings?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly viewport?: { width: number; height: number };
  /** Folders of extensions to pack and install beside Spanpath. */
  readonly extensions?: readonly string[];
}

/** Nothing beside what is tested: no welcome page, no chat, no tips. */
const quietSettings = {
  'workbench.editor.useModal': 'off',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'git.enabled': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
};

/** A real VS Code with the packed extension, a workspace, and a browser that shows it. */
export class Session {
  readonly workbench: Workbench;
  readonly servers: ServersView;
  readonly form: CallForm;
  readonly traces: TraceView;
  /** What the browser said that could explain a failure. */
  private readonly said: string[] = [];

  private constructor(
    readonly page: Page,
    readonly probe: Probe,
    readonly workspace: Workspace,
    private readonly browser: Browser,
    private readonly userData: string,
    private readonly end: () => Promise<void>,
  ) {
    this.workbench = new Workbench(page);
    this.servers = new ServersView(page, this.workbench);
    this.form = new CallForm(page);
    this.traces = new TraceView(page);
    page.on('console', (message) => {
      if (/error|warning/.test(message.type())) this.said.push(message.text());
    });
    page.on('pageerror', (error) => this.said.push(String(error.stack)));
    page.on('requestfailed', (request) => {
      this.said.push(`${request.failure()?.errorText} ${request.url()}`);
    });
  }

  static async open(options: SessionOptions): Promise<Session> {
    const { workspace, trust = 'trusted', settings = {}, env = {} } = options;
    const entry = await ensureCodeServer();
    const folders = { ...makeFolders(), extensions: installExtensions(entry, options.extensions) };
    const portFile = join(folders.base, 'probe.port');
    const home = join(folders.base, 'spanpath-home');
    const server = await startCodeServer({
      ...{ entry, folders, folder: workspace.folder, trust },
      settings: { ...quietSettings, ...settings },
      env: { SPANPATH_PROBE: portFile, SPANPATH_HOME: home, ...env },
      logFile: join(folders.base, 'code-server.log'),
    });
    const browser = await launchChromium();
    const viewport = options.viewport ?? { width: 1440, height: 900 };
    const context = await browser.newContext({ viewport, permissions: ['clipboard-read'] });
    // A busy machine is no failure; the test's own limit says when to give up.
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    await page.goto(server.url);
    const end = async () => {
      await server.stop();
      folders.remove();
      workspace.remove();
    };
    await page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor();
    const probe = await Probe.connect(portFile);
    return new Session(page, probe, workspace, browser, folders.userData, end);
  }

  /** Keeps a picture and the logs of a failed test under out/vscode. */
  async keepEvidence(test: string): Promise<void> {
    const folder = join(root, 'out/vscode');
    const name = join(folder, test.replaceAll(/\W+/g, '-').slice(0, 80));
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: `${name}.png` });
    const logs = globSync('logs/**/{remoteexthost,*Spanpath*}.log', { cwd: this.userData });
    const texts = logs.map((log) => `── ${log}\n${readFileSync(join(this.userData, log), 'utf8')}`);
    const frames = this.page.frames().map((frame) => `${frame.name()} ${frame.url()}`);
    writeFileSync(`${name}.log`, [...texts, '── frames', ...frames, ...this.said].join('\n'));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.end();
  }
}

/** The packed extension and those of tests, installed once for all sessions of these builds. */
function installExtensions(entry: string, others: readonly string[] = []): string {
  const [packed] = globSync('spanpath-*.vsix', { cwd: root });
  const vsix = process.env.SPANPATH_VSIX ?? (packed && join(root, packed));
  if (!vsix || !existsSync(vsix)) throw new Error('There is no VSIX: run npm run package first');
  const folders = [join(root, 'test/vscode/probe'), ...others];
  const contents = folders.flatMap((folder) =>
    globSync('*.{js,json}', { cwd: folder }).map((name) => join(folder, name)),
  );
  const hash = createHash('sha256');
  for (const file of [vsix, ...contents]) hash.update(readFileSync(file));
  const base = join(root, 'out/vscode');
  const extensions = join(base, `extensions-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(extensions)) return extensions;
  mkdirSync(base, { recursive: true });
  const files = [
    vsix,
    ...folders.map((folder, index) => pack(folder, join(base, `${index}.vsix`))),
  ];
  const installing = `${extensions}.new`;
  rmSync(installing, { recursive: true, force: true });
  runCodeServer(
    entry,
    { userData: join(base, 'install'), extensions: installing },
    files.flatMap((file) => ['--install-extension', file]),
  );
  // Complete or not there at all. VS Code notes where each extension lies, so the note moves too.
  renameSync(installing, extensions);
  const list = join(extensions, 'extensions.json');
  writeFileSync(list, readFileSync(list, 'utf8').replaceAll(installing, extensions));
  return extensions;
}

function pack(folder: string, file: string): string {
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  execFileSync(process.execPath, [vsce, 'package', ...flags, '--out', file], {
    cwd: folder,
    stdio: 'pipe',
  });
  return file;
}
