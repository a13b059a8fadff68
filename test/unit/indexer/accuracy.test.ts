import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
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

  it('keeps to the paths that were asked for', async () => {
    const file = join(corpusDir, 'typescript/frameworks/nest.ts');
    const places = await indexFolders([file], { grammarDir });
    expect(places.map((place) => place.name)).toEqual(['hello-world', 'ask']);
    expect(new Set(places.map((place) => place.file))).toEqual(new Set([file]));
  });
});
