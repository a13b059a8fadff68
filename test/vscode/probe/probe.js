// Answers the end-to-end tests from inside the extension host: POST {method, params} as JSON to a
// loopback port, whose number is left in the file that SPANPATH_PROBE names.
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');

const methods = {
  /** The editor that has the focus, or had it last; positions count from 1. */
  'editor/active': () => {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return null;
    const { line, character } = editor.selection.active;
    return {
      file: editor.document.uri.fsPath,
      scheme: editor.document.uri.scheme,
      line: line + 1,
      column: character + 1,
      text: editor.document.lineAt(line).text,
      readonly: vscode.workspace.fs.isWritableFileSystem(editor.document.uri.scheme) === false,
      viewColumn: editor.viewColumn ?? null,
    };
  },
  'editor/open': async ({ file }) => {
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
  },
  'tabs/list': () =>
    vscode.window.tabGroups.all.flatMap((group) =>
      group.tabs.map((tab) => ({ label: tab.label, column: group.viewColumn })),
    ),
  'tools/list': () => vscode.lm.tools.map(({ name }) => name),
  'tools/invoke': async ({ name, input }) => {
    const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    return result.content.map((part) => part.value ?? null);
  },
  'command/run': async ({ command, args = [] }) => {
    await vscode.commands.executeCommand(command, ...args);
    return null;
  },
  'settings/set': async ({ key, value }) => {
    await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
  },
  /** Asks Spanpath's public API, as another extension would. */
  'trace/request': async ({ method, params }) => {
    const extension = vscode.extensions.getExtension('spanpath.spanpath');
    const api = await extension.activate();
    return (await api.request(method, params)) ?? null;
  },
  /** The text of "Developer: Startup Performance". */
  'perf/report': async () => {
    await vscode.commands.executeCommand('perfview.show');
    for (let waited = 0; waited < 20_000; waited += 200) {
      const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf');
      if (document?.getText().includes('Extension Activation Stats')) return document.getText();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return null;
  },
  'extension/isActive': () => vscode.extensions.getExtension('spanpath.spanpath')?.isActive ?? null,
};

exports.activate = (context) => {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    let answer;
    try {
      const { method, params } = JSON.parse(body);
      answer = { result: (await methods[method](params ?? {})) ?? null };
    } catch (error) {
      answer = { error: String(error?.stack ?? error) };
    }
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(process.env.SPANPATH_PROBE, String(server.address().port));
  });
  context.subscriptions.push({ dispose: () => server.close() });
};
