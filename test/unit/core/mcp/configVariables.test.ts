import { describe, expect, it } from 'vitest';
import type { ServerConfig } from '../../../../src/core/mcp/config.js';
import { parseConfig } from '../../../../src/core/mcp/config.js';
import { parseEnvFile } from '../../../../src/core/mcp/configEnvFile.js';
import { listVariables, substituteVariables } from '../../../../src/core/mcp/configVariables.js';

function server(fields: object, dialect: 'vscode' | 'shared' = 'vscode'): ServerConfig {
  const key = dialect === 'vscode' ? 'servers' : 'mcpServers';
  const [read] = parseConfig(JSON.stringify({ [key]: { a: fields } }), dialect).servers;
  if (!read) throw new Error('not read');
  return read;
}

describe('variables of a configuration', () => {
  const config = server({
    command: `\${workspaceFolder}/bin`,
    args: [`--key=\${input:key}`, `\${input:key}`, `\${workspaceFolder:other}`],
    env: { HOME: `\${env:HOME}`, NONE: null },
  });

  it('are listed once each, in order', () => {
    expect(listVariables(config, 'vscode').map(({ text }) => text)).toEqual([
      `\${workspaceFolder}`,
      `\${input:key}`,
      `\${workspaceFolder:other}`,
      `\${env:HOME}`,
    ]);
  });

  it('are put in everywhere, and a value is not looked into again', () => {
    const { server: filled, missing } = substituteVariables(config, 'vscode', ({ name }) =>
      name === 'input' ? `\${env:HOME}` : name,
    );
    expect(filled).toMatchObject({
      command: 'workspaceFolder/bin',
      args: [`--key=\${env:HOME}`, `\${env:HOME}`, 'workspaceFolder'],
      env: { HOME: 'env', NONE: null },
    });
    expect(missing).toEqual([]);
  });

  it('without a value are told', () => {
    const { missing } = substituteVariables(config, 'vscode', () => undefined);
    expect(missing.map(({ name, argument }) => [name, argument])).toContainEqual(['input', 'key']);
  });

  it('of the shared dialect are environment variables with fallbacks', () => {
    const shared = server({ command: 'x', args: [`\${A}`, `\${B:-b:c}`, `\${C}`] }, 'shared');
    const { server: filled, missing } = substituteVariables(shared, 'shared', ({ argument }) =>
      argument === 'A' ? 'a' : undefined,
    );
    expect(filled).toMatchObject({ args: ['a', 'b:c', `\${C}`] });
    expect(missing.map(({ argument }) => argument)).toEqual(['C']);
  });

  it('stand in URLs and headers too', () => {
    const http = server({ url: `https://\${input:host}/mcp`, headers: { Key: `\${input:key}` } });
    const { server: filled } = substituteVariables(http, 'vscode', ({ argument }) => argument);
    expect(filled).toMatchObject({ url: 'https://host/mcp', headers: { Key: 'key' } });
  });
});

describe('an environment file', () => {
  it('has comments, exports, quotes and values over several lines', () => {
    const text = [
      '\uFEFF# all',
      'A=1 # one',
      'export B = two words ',
      "C='as $is\\n'",
      'D="line\\none\\ttab \\"q\\""',
      'E="two',
      'lines"',
      'F=',
      'G=a#b',
      'not a line',
    ].join('\r\n');
    expect({ ...parseEnvFile(text) }).toEqual({
      A: '1',
      B: 'two words',
      C: 'as $is\\n',
      D: 'line\none\ttab "q"',
      E: 'two\r\nlines',
      F: '',
      G: 'a#b',
    });
  });
});
