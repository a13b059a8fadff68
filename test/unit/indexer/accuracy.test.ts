import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FactsCache } from '../../../src/indexer/factsCache.js';
import { HandlerIndex } from '../../../src/indexer/handlerIndex.js';
import { indexFolders } from '../../../src/indexer/indexFolders.js';
import { corpusDir, describePlace, grammarDir, readExpected } from './corpus.js';

const languages = readdirSync(corpusDir);

describe('the handler index on the corpus', () => {
  it.each(languages)(
    'finds every %s handler at its line and states nothing wrong',
    async (language) => {
      const root = join(corpusDir, language);
      const expected = readExpected(root).map(describePlace).sort();
      const places = await indexFolders([root], { grammarDir });
      const stated = places.filter((place) => !place.isRegistration);
      const found = stated.map((place) =>
        describePlace({ ...place, file: relative(root, place.file) }),
      );
      expect(expected.length).toBeGreaterThan(5);
      expect(found.sort()).toEqual(expected);
    },
  );

  it('finds the same in what it kept of the files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanpath-kept-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const list = async () => {
      const index = new HandlerIndex(grammarDir, new FactsCache(join(folder, 'handlers.json')));
      await index.open([corpusDir]);
      return index.list();
    };
    const read = await list();
    expect(read.length).toBeGreaterThan(100);
    expect(await list()).toEqual(read);
  });

  it('keeps to the paths that were asked for', async () => {
    const file = join(corpusDir, 'typescript/frameworks/nest.ts');
    const places = await indexFolders([file], { grammarDir });
    expect(places.map((place) => place.name)).toEqual(['hello-world', 'ask']);
    expect(new Set(places.map((place) => place.file))).toEqual(new Set([file]));
  });
});
