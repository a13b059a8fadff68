import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../src/core/mcp/config.js';

const one = (text: string, dialect: 'vscode' | 'shared' = 'vscode') => parseConfig(text, dialect);

describe('a configuration file', () => {
  it('is JSON with comments and trailing commas', () => {
    const text = `{
      // what we debug
      "servers": { "a": { "command": "node", "args": ["x.js",], }, },
    }`;
    expect(one(text)).toMatchObject({
      servers: [{ name: 'a', transport: 'stdio', command: 'node', args: ['x.js'] }],
      problems: [],
    });
  });

  it('tells a URL from a command without a type', () => {
    const { servers } = one('{"servers":{"a":{"url":"https://x.test/mcp"},"b":{"command":"b"}}}');
    expect(servers.map(({ transport }) => transport)).toEqual(['http', 'stdio']);
  });

  it('keeps everything that a server may have', () => {
    const text = JSON.stringify({
      inputs: [{ id: 'key', type: 'promptString', description: 'Key', password: true }],
      servers: {
        a: {
          type: 'stdio',
          command: 'node',
          args: ['a', '1'],
          env: { KEY: `\${input:key}`, GONE: null, PORT: 8080 },
          envFile: '.env',
          cwd: 'src',
          dev: { watch: 'src/**/*.ts', debug: { type: 'node' } },
        },
        b: { type: 'sse', url: 'http://localhost:1/sse', headers: { 'X-Key': 'k' } },
      },
    });
    const config = one(text);
    expect(config.problems).toEqual([]);
    expect(config.inputs[0]).toMatchObject({ id: 'key', password: true });
    expect(config.servers[0]).toMatchObject({
      env: { KEY: `\${input:key}`, GONE: null, PORT: '8080' },
      envFile: '.env',
      cwd: 'src',
      watch: ['src/**/*.ts'],
    });
    expect(config.servers[1]).toMatchObject({ transport: 'sse', headers: { 'X-Key': 'k' } });
  });

  it('reads the file that other clients share under its own key', () => {
    const text = '{"mcpServers":{"a":{"command":"a"}}}';
    expect(one(text, 'shared').servers).toHaveLength(1);
    const misplaced = one(text);
    expect(misplaced.servers).toEqual([]);
    expect(misplaced.problems[0]?.message).toContain('"servers", not "mcpServers"');
  });

  it('is empty, not broken, when there is nothing in it', () => {
    expect(one('')).toEqual({ servers: [], inputs: [], problems: [] });
    expect(one('  // soon\n').servers).toEqual([]);
  });
});

describe('what is wrong in it', () => {
  it.each([
    ['an unknown type', '{"servers":{"a":{"type":"pipe","command":"x"}}}', '"pipe"', 'not known'],
    ['no command', '{"servers":{"a":{"type":"stdio"}}}', '{"type":"stdio"}', 'needs a command'],
    ['an empty command', '{"servers":{"a":{"command":""}}}', '""', 'needs a command'],
    ['a command that is no text', '{"servers":{"a":{"command":7}}}', '7', 'text'],
    ['arguments that are no list', '{"servers":{"a":{"command":"x","args":"y"}}}', '"y"', 'list'],
    ['a server that is no object', '{"servers":{"a":5}}', '5', 'object'],
    ['an address that is no URL', '{"servers":{"a":{"url":"unix:///x"}}}', '"unix:///x"', 'http'],
  ])('%s is named with its place and its server', (_, text, place, message) => {
    const { servers, problems } = one(text);
    expect(servers).toEqual([]);
    expect(problems[0]).toMatchObject({ server: 'a', offset: text.indexOf(place) });
    expect(problems[0]?.message).toContain(message);
  });

  it('does not stop the servers beside it', () => {
    const { servers, problems } = one('{"servers":{"a":{"type":"x"},"b":{"command":"b"}}}');
    expect(servers.map(({ name }) => name)).toEqual(['b']);
    expect(problems).toHaveLength(1);
  });

  it('is named once for a syntax error, where it begins, and what can be read is still there', () => {
    const text = '{"servers":{"a":{"command":"a"} "b":{"command":"b"}}}';
    const { servers, problems } = one(text);
    expect(problems).toEqual([
      {
        message: 'A comma is missing here',
        offset: text.indexOf('"b":'),
        length: 3,
        server: null,
      },
    ]);
    expect(servers.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('never throws, whatever the bytes, and every place lies inside the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '"servers"',
      '"a"',
      '"command"',
      'null',
      '1',
      '//',
      '\n',
      '\\',
      '\uFEFF',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom('vscode' as const, 'shared' as const), (text, dialect) => {
        for (const { offset, length } of parseConfig(text, dialect).problems) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
          expect(length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('takes names such as __proto__ for names', () => {
    const { servers } = one('{"servers":{"__proto__":{"command":"x","env":{"__proto__":"y"}}}}');
    expect(servers[0]?.name).toBe('__proto__');
    expect(Object.entries((servers[0] as { env: object }).env)).toEqual([['__proto__', 'y']]);
  });
});
