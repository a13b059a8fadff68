import { existsSync, readFileSync } from 'node:fs';
import type {
  Finding,
  RowsPage,
  SpanDetails,
  SpanRow,
  ViewSpec,
} from '../../../src/core/protocol.js';
import { eventually } from './eventually.js';

export interface ActiveEditor {
  readonly file: string;
  readonly scheme: string;
  /** Counts from 1. */
  readonly line: number;
  readonly column: number;
  /** Text of that line. */
  readonly text: string;
  readonly viewColumn: number | null;
}

/** The view with nothing folded and nothing filtered. */
export const everything: ViewSpec = {
  query: '',
  scope: { kind: 'session' },
  hiddenLayers: [],
  expandedByDefault: true,
  toggled: [],
};

/** Speaks to the probe extension inside the extension host. */
export class Probe {
  private constructor(private readonly portFile: string) {}

  /** Waits until the probe has written its port. */
  static async connect(portFile: string): Promise<Probe> {
    const probe = new Probe(portFile);
    await eventually('the probe extension to start', () => probe.port());
    return probe;
  }

  /** Another one after the window was loaded again. */
  private port(): string | null {
    return existsSync(this.portFile) ? readFileSync(this.portFile, 'utf8') || null : null;
  }

  activeEditor(): Promise<ActiveEditor | null> {
    return this.ask('editor/active');
  }

  tabs(): Promise<{ label: string; column: number }[]> {
    return this.ask('tabs/list');
  }

  languageModelTools(): Promise<string[]> {
    return this.ask('tools/list');
  }

  invokeTool(name: string, input: object): Promise<string[]> {
    return this.ask('tools/invoke', { name, input });
  }

  runCommand(command: string, ...args: unknown[]): Promise<null> {
    return this.ask('command/run', { command, args });
  }

  openFile(file: string): Promise<null> {
    return this.ask('editor/open', { file });
  }

  setSetting(key: string, value: unknown): Promise<null> {
    return this.ask('settings/set', { key, value });
  }

  performanceReport(): Promise<string | null> {
    return this.ask('perf/report');
  }

  isSpanpathActive(): Promise<boolean | null> {
    return this.ask('extension/isActive');
  }

  rows(spec: Partial<ViewSpec> = {}): Promise<RowsPage> {
    const params = { spec: { ...everything, ...spec }, from: 0, count: 500 };
    return this.ask('trace/request', { method: 'rows/list', params });
  }

  details({ traceId, spanId }: SpanRow): Promise<SpanDetails | null> {
    return this.ask('trace/request', { method: 'span/details', params: { traceId, spanId } });
  }

  findings(): Promise<readonly Finding[]> {
    return this.ask('trace/request', { method: 'findings/list', params: null });
  }

  private async ask<T>(method: string, params: object = {}): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port()}`, {
      method: 'POST',
      body: JSON.stringify({ method, params }),
    });
    const answer = (await response.json()) as { result: T; error?: string };
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error}`);
    return answer.result;
  }
}
