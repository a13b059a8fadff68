import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'spanpath-handler-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

vi.mock('vscode', async () => ({
  ...(await import('./fakeVscode.js')),
  workspace: {
    workspaceFolders: [{ name: 'one', uri: { fsPath: folder } }],
    onDidChangeWorkspaceFolders: () => ({ dispose() {} }),
    asRelativePath: (file: string) => relative(folder, file),
  },
}));
const { HandlerService } = await import('../../../src/vscode/handlers/handlerService.js');

it('says where a handler is with its path and, apart from it, its line', async () => {
  const file = join(folder, 'server.py');
  writeFileSync(file, 'import mcp\n\ndef beep():\n    return 1\n');
  const place = { file, line: 3, column: 1, cwd: folder, emitter: 'spanpath.hook.python' };
  const places = { server: 's', serverCwd: folder, kind: 'tool', name: 'beep', spans: [] };
  type Parts = ConstructorParameters<typeof HandlerService>[0];
  const service = new HandlerService({
    collector: { request: async () => ({ ...places, measured: [place] }) },
    indexer: { onDidChange: () => () => {} },
    output: { appendLine: () => {} },
  } as unknown as Parts);
  const found = await service.resolve({ traceId: 't', spanId: 's' });
  // Whoever shows the place puts the line after the label.
  expect(found).toMatchObject({ label: 'server.py', line: 3 });
});
