import * as vscode from 'vscode';
import { toPlainText } from './plainText.js';

const tailLines = 20;

/** One server's log: its stderr and what happened to it, free of escape sequences. */
export class ServerLog implements vscode.Disposable {
  private channel: vscode.OutputChannel | null = null;
  private partial = '';
  private readonly recent: string[] = [];

  constructor(private readonly serverName: string) {}

  /** What Spanpath itself has to say, with the time. */
  note(text: string): void {
    this.flush();
    this.open().appendLine(`${new Date().toLocaleTimeString()} ── ${toPlainText(text)}`);
  }

  /** A chunk of stderr, cut anywhere. */
  append(chunk: string): void {
    const text = this.partial + chunk;
    const end = text.lastIndexOf('\n') + 1;
    // A line that never ends is shown in pieces instead of growing in memory.
    const cut = end === 0 && text.length > 64 * 1024 ? text.length : end;
    this.partial = text.slice(cut);
    if (cut > 0) this.write(text.slice(0, cut));
  }

  /** The last lines of stderr that are not blank, oldest first. */
  get tail(): readonly string[] {
    this.flush();
    return this.recent;
  }

  clearTail(): void {
    this.flush();
    this.recent.length = 0;
  }

  show(): void {
    this.flush();
    this.open().show(true);
  }

  private write(text: string): void {
    const plain = toPlainText(text);
    this.open().append(plain);
    for (const line of plain.split('\n')) if (line.trim()) this.recent.push(line.trim());
    this.recent.splice(0, this.recent.length - tailLines);
  }

  private flush(): void {
    if (!this.partial) return;
    const rest = this.partial;
    this.partial = '';
    this.write(`${rest}\n`);
  }

  private open(): vscode.OutputChannel {
    this.channel ??= vscode.window.createOutputChannel(`MCP: ${this.serverName} (Spanpath)`, 'log');
    return this.channel;
  }

  dispose(): void {
    this.channel?.dispose();
  }
}
