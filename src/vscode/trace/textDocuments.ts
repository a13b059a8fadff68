import * as vscode from 'vscode';

const scheme = 'spanpath-text';
const maxKept = 64;

/** Texts of a trace as read-only editors: a long result, two results side by side. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private count = 0;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.query);
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.query) ?? 'This text is no longer kept. Open it again from the trace.'
    );
  }

  async open(title: string, text: string, language: string): Promise<void> {
    const document = await this.document(title, text, language);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
  }

  async diff(
    title: string,
    language: string,
    left: { title: string; text: string },
    right: { title: string; text: string },
  ): Promise<void> {
    const [before, after] = await Promise.all([
      this.document(left.title, left.text, language),
      this.document(right.title, right.text, language),
    ]);
    await vscode.commands.executeCommand('vscode.diff', before.uri, after.uri, title);
  }

  private async document(title: string, text: string, language: string) {
    const key = String(++this.count);
    this.texts.set(key, text);
    // Only what is no longer open is dropped; the editor asks again for what it shows.
    const oldest = this.texts.size > maxKept ? this.texts.keys().next().value : undefined;
    if (oldest !== undefined) this.texts.delete(oldest);
    const path = `/${title.replace(/[\\/:*?"<>|]/g, ' ').slice(0, 120) || 'text'}`;
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme, path, query: key }),
    );
    const known = new Set(['json', 'markdown', 'plaintext', 'html', 'xml', 'yaml', 'log']);
    return vscode.languages.setTextDocumentLanguage(
      document,
      known.has(language) ? language : 'plaintext',
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
