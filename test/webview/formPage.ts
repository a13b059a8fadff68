import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { CallResult, CallSubject } from '../../src/core/protocol.js';
import { type FormTheme, formThemes } from './formThemes.js';

const dist = process.env.SPANPATH_DIST ?? 'dist';

export interface FormCall {
  readonly method: string;
  readonly params: unknown;
}

/** The built form in a page, with a host that answers what the test says. */
export interface FormPage {
  readonly page: Page;
  /** Every request of the form, in order. */
  calls(method?: string): Promise<FormCall[]>;
  /** The arguments of the last call. */
  sent(): Promise<unknown>;
  /** Sends an event as the editor would. */
  emit(event: string, payload: unknown): Promise<void>;
  /** Settles the call that runs. */
  answer(result: Partial<CallResult>): Promise<void>;
}

type HostWindow = Window & {
  formCalls: FormCall[];
  pendingCall: ((result: unknown) => void) | undefined;
};

export const anySubject: CallSubject = {
  id: 'test/tool/search',
  server: 'weather',
  kind: 'tool',
  name: 'search',
  title: 'Search places',
  description: 'Finds places by name.',
  schema: { type: 'object', properties: {} },
  lastArguments: null,
};

export async function openForm(
  browser: Browser,
  subject: Partial<CallSubject> | null,
  options: {
    theme?: FormTheme;
    width?: number;
    height?: number;
    /** What the host answers to a method. */
    answers?: Record<string, unknown>;
  } = {},
): Promise<FormPage> {
  const { theme = 'dark', width = 400, height = 700, answers = {} } = options;
  const page = await browser.newPage({ viewport: { width, height } });
  const script = readFileSync(join(dist, 'webview/form.js'), 'utf8');
  const style = readFileSync(join(dist, 'webview/form.css'), 'utf8').replace(
    /url\("?[^")]*codicon[\w-]*\.ttf[^")]*"?\)/,
    `url(data:font/ttf;base64,${codicons()})`,
  );
  const variables = Object.entries(formThemes[theme])
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join('');
  await page.setContent(
    `<!DOCTYPE html><html lang="en"><head><title>Call</title><style>:root { ${variables}
      --vscode-font-family: sans-serif; --vscode-font-size: 13px; }
      body { background: var(--vscode-sideBar-background); }</style><style>${style}</style></head>
      <body class="vscode-${theme}"><div id="app"></div></body></html>`,
  );
  await page.evaluate(
    ({ shown, answers }) => {
      const host = window as unknown as HostWindow;
      host.formCalls = [];
      const answer = (id: number, result: unknown) =>
        window.postMessage({ rpc: 'response', id, result }, '*');
      Object.assign(window, {
        acquireVsCodeApi: () => ({
          postMessage: (message: { rpc: string; id: number; method: string; params: unknown }) => {
            if (message.rpc !== 'request') return;
            host.formCalls.push({ method: message.method, params: message.params });
            if (message.method === 'form/call') {
              host.pendingCall = (result) => answer(message.id, result);
            } else {
              const others = answers[message.method] ?? null;
              answer(message.id, message.method === 'form/subject' ? shown : others);
            }
          },
        }),
      });
    },
    { shown: subject && { ...anySubject, ...subject }, answers },
  );
  await page.addScriptTag({ content: script, type: 'module' });
  await page.locator('#app > *').first().waitFor();
  const calls = async (method?: string) => {
    const all = await page.evaluate(() => (window as unknown as HostWindow).formCalls);
    return all.filter((call) => method === undefined || call.method === method);
  };
  return {
    page,
    calls,
    sent: async () => {
      const last = (await calls('form/call')).at(-1)?.params as { arguments: string } | undefined;
      return last && JSON.parse(last.arguments);
    },
    emit: (event, payload) =>
      page.evaluate((message) => window.postMessage(message, '*'), {
        rpc: 'event',
        event,
        payload,
      }),
    answer: (result) =>
      page.evaluate((settled) => (window as unknown as HostWindow).pendingCall?.(settled), {
        ...{ result: null, error: null, cancelled: false, milliseconds: 12 },
        ...result,
      }),
  };
}

function codicons(): string {
  return readFileSync('node_modules/@vscode/codicons/dist/codicon.ttf').toString('base64');
}
