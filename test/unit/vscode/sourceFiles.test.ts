import { describe, expect, it } from 'vitest';
import type { StdioServerConfig } from '../../../src/core/mcp/config.js';
import { isSourceFile, sourceFilesOf } from '../../../src/vscode/servers/sourceFiles.js';

const folder = '/w';
const plain: StdioServerConfig = {
  ...{ transport: 'stdio', name: 's', offset: 0, env: {}, cwd: null, envFile: null, watch: [] },
  ...{ command: 'node', args: [] },
};
const belongs = (words: string, path: string, cwd: string | null = null) => {
  const [command = '', ...args] = words.split(' ');
  const files = sourceFilesOf({ ...plain, command, args, cwd }, folder);
  return files !== null && isSourceFile(path, files);
};

describe('a file belongs to a server', () => {
  it.each([
    ['node server.js', '/w/server.js'],
    ['node --import tsx src/server.ts', '/w/src/tools/search.ts'],
    [`node $\{workspaceFolder}/src/server.ts`, '/w/src/api.mts'],
    ['node run.mjs orders/server.py', '/w/orders/stock.py'],
    ['node run.mjs orders/server.py', '/w/run.mjs'],
    ['python -m weather', '/w/weather/tools.py'],
    ['uv run weather', '/w/src/weather/tools.py'],
    ['go run ./cmd/server', '/w/cmd/server/main.go'],
    ['npm start', '/w/src/index.ts'],
    ['/w/bin/serve.py', '/w/bin/serve.py'],
  ])('%s: %s', (words, path) => expect(belongs(words, path)).toBe(true));

  it('of a folder of its own, when it runs there', () => {
    expect(belongs('node main.js', '/w/api/main.js', `$\{workspaceFolder}/api`)).toBe(true);
    expect(belongs('node main.js', '/w/main.js', 'api')).toBe(false);
  });
});

describe('a file does not belong to a server', () => {
  it.each([
    ['in another folder', 'node weather/server.ts', '/w/tickets/server.ts'],
    ['in another language', 'node src/server.ts', '/w/src/notes.py'],
    ['in a package', 'node server.js', '/w/node_modules/zod/index.js'],
    ['of its tests', 'node src/server.ts', '/w/src/tests/server.ts'],
    ['when it is a package of a registry', 'npx -y some-server', '/w/index.js'],
    ['when it is an installed program', 'my-server --verbose', '/w/index.js'],
    ['that only starts what is named after it', 'node run.mjs orders/server.py', '/w/other.mjs'],
    ['before it is compiled', 'node dist/server.js', '/w/src/server.ts'],
  ])('%s', (_, words, path) => expect(belongs(words, path)).toBe(false));
});
