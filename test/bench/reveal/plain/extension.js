// A bare webview whose buttons open a line of a file: one message, one `showTextDocument`.
const vscode = require('vscode');

let panel;

/** Over another extension's view where there is one. */
function show({ file, lines }) {
  if (panel) {
    panel.reveal(undefined, true);
    return;
  }
  const views = vscode.window.tabGroups.all.find(
    ({ activeTab }) => activeTab?.input instanceof vscode.TabInputWebview,
  );
  panel = vscode.window.createWebviewPanel(
    'plainReveal',
    'Plain',
    { viewColumn: views?.viewColumn ?? vscode.ViewColumn.Active, preserveFocus: true },
    { enableScripts: true },
  );
  const buttons = lines.map(
    (line) => `<p><button class="plain" data-line="${line}">${line}</button>`,
  );
  panel.webview.html = `<!DOCTYPE html><body>${buttons.join('')}<script>
    const host = acquireVsCodeApi();
    addEventListener('dblclick', ({ target }) => host.postMessage(Number(target.dataset.line)));
  </script></body>`;
  const uri = vscode.Uri.file(file);
  panel.webview.onDidReceiveMessage((line) => {
    const open = vscode.window.tabGroups.all.find((group) =>
      group.tabs.some(({ input }) => input instanceof vscode.TabInputText),
    );
    const at = new vscode.Position(line - 1, 0);
    return vscode.window.showTextDocument(uri, {
      viewColumn: open?.viewColumn ?? vscode.ViewColumn.Beside,
      preview: true,
      selection: new vscode.Range(at, at),
    });
  });
}

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('plainReveal.show', show));
};
