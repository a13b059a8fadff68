import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  listCommands,
  unwrapServers,
  wrapMark,
  wrapServers,
} from '../../../../src/core/mcp/configWrap.js';

const wrap = (server: { command: string; args: readonly string[]; env: object }) => ({
  command: '/opt/node',
  args: ['/s/shim.js', '--name', 'x', '--', server.command, ...server.args],
  env: { ...server.env, [wrapMark]: '/w' },
});

const text = `{
    // mine
    "theme": "dark",
    "mcpServers": {
        "a": { "command": "npx", "args": ["-y", "a"], "env": { "KEY": "1" }, "disabled": false },
        "b": { "command": "b" },
        "web": { "url": "https://x.test" }
    },
}
`;

describe('servers of another client', () => {
  it('are those with a command', () => {
    expect(listCommands(text, 'mcpServers').map(({ name }) => name)).toEqual(['a', 'b']);
    expect(listCommands('not json', 'mcpServers')).toEqual([]);
    expect(listCommands('[]', 'mcpServers')).toEqual([]);
  });

  it('run through the shim when they are chosen, and everything else in the file stays', () => {
    const wrapped = wrapServers(text, 'mcpServers', ['a'], wrap);
    const [a, b] = listCommands(wrapped, 'mcpServers');
    expect(a).toMatchObject({
      command: '/opt/node',
      args: ['/s/shim.js', '--name', 'x', '--', 'npx', '-y', 'a'],
      env: { KEY: '1', [wrapMark]: '/w' },
      wrapped: true,
    });
    expect(b).toMatchObject({ command: 'b', wrapped: false });
    expect(wrapped).toContain('// mine');
    expect(wrapped).toContain('"disabled": false');
    expect(wrapped).toContain('"url": "https://x.test"');
  });

  it('are not wrapped twice', () => {
    const once = wrapServers(text, 'mcpServers', ['a'], wrap);
    expect(wrapServers(once, 'mcpServers', ['a'], wrap)).toBe(once);
  });

  it('come back as they were, also after other edits', () => {
    const wrapped = wrapServers(text, 'mcpServers', ['a', 'b'], wrap);
    const edited = wrapped.replace('"dark"', '"light"');
    const restored = unwrapServers(edited, 'mcpServers');
    expect(listCommands(restored, 'mcpServers')).toEqual(listCommands(text, 'mcpServers'));
    expect(restored).toContain('"light"');
    expect(restored).not.toContain(wrapMark);
    expect(restored).toMatch(/"b": \{\s*"command": "b"\s*\}/);
  });

  it('come back whatever their command, arguments and variables are', () => {
    const name = fc.string({ minLength: 1 }).filter((each) => each !== '__proto__');
    const variables = fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.string());
    const server = fc.record({ command: fc.string(), args: fc.array(fc.string()), env: variables });
    fc.assert(
      fc.property(fc.dictionary(name, server, { maxKeys: 4 }), (servers) => {
        const before = JSON.stringify({ mcpServers: servers }, null, 2);
        const wrapped = wrapServers(before, 'mcpServers', Object.keys(servers), wrap);
        const restored = unwrapServers(wrapped, 'mcpServers');
        expect(listCommands(restored, 'mcpServers')).toEqual(listCommands(before, 'mcpServers'));
      }),
    );
  });
});
