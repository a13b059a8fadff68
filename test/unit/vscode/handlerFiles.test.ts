import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => import('./fakeVscode.js'));

const { readHandlerFiles } = await import('../../../src/vscode/servers/handlerFiles.js');

type Place = { file: string; cwd: string | null };

/** A running server with one tool for each place that its hook reported. */
function filesOf(places: readonly Place[]): Promise<ReadonlySet<string>> {
  const tools = places.map((_, at) => ({ name: String(at) }));
  const server = { tracedName: 's', launchedAtMs: 1, state: { kind: 'running', offer: { tools } } };
  const request = async (_method: string, { name }: { name: string }) => [places[Number(name)]];
  return readHandlerFiles({ request } as never)(server as never);
}

describe('the files in which a hook saw tools', () => {
  it('are paths, from where the server runs, whether they came as paths or as URLs', async () => {
    const files = await filesOf([
      { file: 'src/a.py', cwd: '/w' },
      { file: 'file:///w/my%20server.ts', cwd: null },
    ]);
    expect([...files]).toEqual(['/w/src/a.py', '/w/my server.ts']);
  });

  it('are told though one report is no place of this machine', async () => {
    const files = await filesOf([
      { file: 'file://elsewhere/%ZZ', cwd: '/w' },
      { file: '/w/b.ts', cwd: null },
    ]);
    expect([...files]).toEqual(['/w/b.ts']);
  });
});
