import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FactsCache } from '../../../src/indexer/factsCache.js';
import { HandlerIndex } from '../../../src/indexer/handlerIndex.js';
import { grammarDir } from './corpus.js';

const server = (name: string, before = ''): string =>
  `import { McpServer } from '@modelcontextprotocol/server';
const server = new McpServer({ name: 's', version: '1' });
${before}server.registerTool(${name}, {}, async () => ({ content: [] }));
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spanpath-index-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const names = (index: HandlerIndex): string[] =>
  index.list().map((place) => `${place.name}:${place.line}`);

describe('the handler index', () => {
  it('follows a file as it changes, appears and goes', async () => {
    const file = write('a.ts', server("'one'"));
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(names(index)).toEqual(['one:3']);
    write('a.ts', server("'two'", '\n\n'));
    await index.update([file]);
    expect(names(index)).toEqual(['two:5']);
    const other = write('deep/b.ts', server("'three'"));
    await index.update([other]);
    expect(names(index)).toEqual(['two:5', 'three:3']);
    rmSync(file);
    await index.update([file]);
    expect(names(index)).toEqual(['three:3']);
  });

  it('sees a constant change in a file that says nothing of handlers itself', async () => {
    write('a.ts', `import { N } from './n.js';\n${server('N')}`);
    const constant = write('n.ts', "export const N = 'first';");
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(names(index)).toEqual(['first:4']);
    write('n.ts', "export const N = 'second';");
    await index.update([constant]);
    expect(names(index)).toEqual(['second:4']);
  });

  it('follows an import across the packages of a monorepo', async () => {
    write('packages/names/package.json', '{ "name": "@my/names" }');
    write('packages/names/src/index.ts', "export const N = 'shared';");
    write('packages/app/main.ts', `import { N } from '@my/names';\n${server('N')}`);
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(names(index)).toEqual(['shared:4']);
  });

  it('leaves node_modules, virtual environments, builds and hidden folders alone', async () => {
    for (const folder of ['node_modules/x', 'venv/lib', '.git', 'dist', 'sub/__pycache__']) {
      write(`${folder}/a.ts`, server("'no'"));
    }
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(index.list()).toEqual([]);
    await index.update([join(root, 'node_modules/x/a.ts')]);
    expect(index.list()).toEqual([]);
  });

  it('goes on past files that are broken, huge or not text', async () => {
    write('broken.ts', `${server("'kept'")}\nfunction ({{{ tool`);
    write('huge.ts', `${server("'huge'")}${'// filler\n'.repeat(200_000)}`);
    write('binary.py', 'tool\0\u{fffd}\u0001'.repeat(100));
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(names(index)).toEqual(['kept:3']);
  });

  it('ends on code that refers to itself without end', async () => {
    write(
      'a.ts',
      `import { a } from './b.js';\nconst n = n + 'x';\nconst f = () => f();\n${server('a')}${server('f()')}`,
    );
    write('b.ts', "export { a } from './a.js';\nexport * from './a.js'; // tool");
    write(
      'c.py',
      'from .c import *\nfrom fastmcp import FastMCP\nmcp = FastMCP()\nmcp.add_tool(x, name=x)\nx = x\n',
    );
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(index.list()).toEqual([]);
  });

  it('takes names such as constructor and __proto__ as data', async () => {
    write(
      'a.ts',
      `${server("'constructor'")}\nserver.registerTool('__proto__', {}, handlers['toString']);`,
    );
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    expect(index.find('tool', 'constructor')).toHaveLength(1);
    expect(index.find('tool', '__proto__')).toMatchObject([{ isRegistration: true }]);
  });

  it('finds a resource by its name, its URI and its template', async () => {
    write(
      'a.py',
      'from fastmcp import FastMCP\nmcp = FastMCP("x")\n\n@mcp.resource("users://{id}")\ndef user(id): ...\n',
    );
    const index = new HandlerIndex(grammarDir);
    await index.open([root]);
    for (const name of ['user', 'users://{id}', 'users://7']) {
      expect(index.find('resource', name), name).toMatchObject([{ line: 5 }]);
    }
    expect(index.find('resource', 'users://7/more')).toEqual([]);
    expect(index.find('tool', 'user')).toEqual([]);
  });

  it('starts from its cache without parsing, and distrusts a cache that no longer fits', async () => {
    const file = write('a.ts', server("'one'"));
    const path = join(root, '.cache/handlers.json');
    await new HandlerIndex(grammarDir, new FactsCache(path)).open([root]);
    const cache = new FactsCache(path);
    expect(cache.find(file)?.facts?.registrations).toHaveLength(1);
    write('a.ts', server("'changed'"));
    const second = new HandlerIndex(grammarDir, new FactsCache(path));
    await second.open([root]);
    expect(names(second)).toEqual(['changed:3']);
    writeFileSync(path, '{ not json');
    const third = new HandlerIndex(grammarDir, new FactsCache(path));
    await third.open([root]);
    expect(names(third)).toEqual(['changed:3']);
  });
});
