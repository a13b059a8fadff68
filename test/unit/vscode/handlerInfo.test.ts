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
const { findPlaces } = await import('../../../src/vscode/handlers/findPlaces.js');
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

it('prefers the index to a function that several tools go through, where they differ', async () => {
  const file = join(folder, 'phone.js');
  const other = join(folder, 'tap.js');
  writeFileSync(file, 'const wrap = (run) => (args) =>\n  run(args);\n');
  writeFileSync(other, 'export function tap() {}\n');
  const measured = [
    { file, line: 1, column: 1, cwd: folder, emitter: 'spanpath.hook.node', isDispatch: true },
  ];
  const search = { server: 's', serverCwd: folder, kind: 'tool', name: 'tap', spans: [], measured };
  const sourceOf = async (place: { file: string; line: number }) => {
    const index = { find: async () => [{ column: 1, how: 'tool', ...place }] };
    const [found] = await findPlaces(
      search as unknown as Parameters<typeof findPlaces>[0],
      index as unknown as Parameters<typeof findPlaces>[1],
    );
    return [found?.source, found?.file, found?.line];
  };
  expect(await sourceOf({ file: other, line: 1 })).toEqual(['indexed', other, 1]);
  expect(await sourceOf({ file, line: 1 })).toEqual(['measured', file, 1]);
});
