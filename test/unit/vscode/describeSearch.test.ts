import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({ workspace: { workspaceFolders: [{ name: 'shop' }] } }));

const { describeSearch } = await import('../../../src/vscode/handlers/findPlaces.js');

describe('the word for a handler that was not found', () => {
  it('says of a server in a language without an index what would have been read', () => {
    const search = { server: 'ruby', serverCwd: null, kind: 'tool', name: 'greet' } as const;
    const said = describeSearch({ ...search, spans: [], measured: [] });
    expect(said).toContain('No handler of tool "greet" was found');
    expect(said).toContain('the source of shop, as far as that is TypeScript');
    for (const language of ['Python', 'Go', 'Rust', 'C#', 'Java', 'Kotlin'])
      expect(said).toContain(language);
  });
});
