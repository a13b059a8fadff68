import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ServerConfig } from '../../../src/core/mcp/config.js';
import { defaultPayloadRules, parsePayloadRules } from '../../../src/core/mcp/outcomes.js';
import { parseOptions } from '../../../src/shim/options.js';
import { explainExit, explainRefusal } from '../../../src/vscode/servers/failure.js';
import { describeServer, fingerprint } from '../../../src/vscode/servers/fingerprint.js';
import {
  proxyCommand,
  type ShimOptions,
  serverEnvironment,
  wrapCommand,
} from '../../../src/vscode/servers/shimCommand.js';
import {
  defaultShimSettings,
  readShimSettings,
  type ShimSettings,
  shimWords,
} from '../../../src/vscode/servers/shimSettings.js';

const options: ShimOptions = {
  execPath: '/opt/code/node',
  electron: false,
  shimPath: '/ext/dist/shim.js',
  serverName: 'weather',
  collector: { endpoint: 'http://127.0.0.1:4000', token: 'secret' },
  settings: defaultShimSettings,
};
const target = { command: 'node', args: ['server.js', '--name', 'x'] };

describe('the command of a traced server', () => {
  it("runs the shim by the editor's Node, and the server's own words come last", () => {
    const { command, args } = wrapCommand(options, target);
    expect(command).toBe('/opt/code/node');
    expect(args[0]).toBe('/ext/dist/shim.js');
    expect(args.slice(args.indexOf('--'))).toEqual(['--', 'node', 'server.js', '--name', 'x']);
  });

  it('keeps the token out of what every process can read', () => {
    const { args, telemetry } = wrapCommand(options, target);
    expect(args.join(' ')).not.toContain('secret');
    expect(telemetry).toMatchObject({ SPANPATH_TOKEN: 'secret' });
  });

  it('goes on without a collector', () => {
    expect(wrapCommand({ ...options, collector: null }, target).telemetry).toEqual({});
  });

  it('makes Electron a Node, and says so, so that the server is spared it', () => {
    expect(wrapCommand({ ...options, electron: true }, target).runtime).toMatchObject({
      ELECTRON_RUN_AS_NODE: '1',
      SPANPATH_ELECTRON: '1',
    });
  });

  it('carries the settings before the words of the server', () => {
    const settings = { ...defaultShimSettings, hooks: false, inject: false };
    for (const { args } of [
      wrapCommand({ ...options, settings }, target),
      proxyCommand({ ...options, settings }, 'http://127.0.0.1:1/mcp'),
    ]) {
      expect(args).toEqual(expect.arrayContaining(['--no-hooks', '--no-inject']));
      expect(args.indexOf('--no-inject')).toBeLessThan(
        args.findIndex((word) => word === '--' || word === '--http'),
      );
    }
  });
});

describe('a setting', () => {
  const cases: [Partial<ShimSettings>, string[]][] = [
    [{}, []],
    [{ content: 'keys' }, ['--content', 'keys']],
    [{ contentLimit: 1000 }, ['--content-limit', '1000']],
    [{ redact: ['iban', '/ID-\\d+/'] }, ['--redact', 'iban,/ID-\\d+/']],
    [{ payloadErrors: ['failed', 'state=bad'] }, ['--payload-errors', 'failed,state=bad']],
    [{ payloadErrors: [] }, ['--payload-errors', 'off']],
    [{ spoolLimit: 1.5 }, ['--spool-limit', '1572864']],
  ];
  it.each(cases)('%j is told to the shim as %j, which understands it', (change, words) => {
    const said = shimWords({ ...defaultShimSettings, ...change });
    expect(said).toEqual(change.content ? words : ['--content', 'redacted', ...words]);
    expect(() => parseOptions([...said, '--', 'node'], {})).not.toThrow();
  });

  it('has the default of the manifest, and of the shim', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
    const properties = Object.assign(
      {},
      ...contributes.configuration.map((group: { properties: object }) => group.properties),
    );
    const get = (key: string) => properties[`spanpath.${key}`].default;
    expect(readShimSettings({ get })).toEqual(defaultShimSettings);
    const shim = parseOptions(['--', 'node'], {});
    expect(shim.contentLimit).toBe(defaultShimSettings.contentLimit);
    expect(shim.spoolLimit).toBe(defaultShimSettings.spoolLimit * 2 ** 20);
    const { payloadErrors } = defaultShimSettings;
    expect(parsePayloadRules(payloadErrors.join(','))).toEqual(defaultPayloadRules);
  });
});

describe('the environment of a traced server', () => {
  it("leaves the editor's own variables out, and later layers win", () => {
    const inherited = { PATH: '/bin', VSCODE_PID: '1', ELECTRON_RUN_AS_NODE: '1', A: '1', B: '1' };
    expect(serverEnvironment(inherited, { A: '2', C: '3' }, { B: null, A: '4' })).toEqual({
      PATH: '/bin',
      A: '4',
      C: '3',
    });
  });
});

describe('an approval', () => {
  const config: ServerConfig = {
    transport: 'stdio',
    name: 'a',
    offset: 0,
    command: 'node',
    args: ['x'],
    env: { A: '1', B: '2' },
    cwd: null,
    envFile: null,
    watch: [],
  };

  it('is bound to everything that runs, not to the name', () => {
    const same = { ...config, name: 'b', offset: 9, env: { B: '2', A: '1' } };
    expect(fingerprint(same)).toBe(fingerprint(config));
    for (const change of [
      { command: 'sh' },
      { args: ['x', 'y'] },
      { env: { A: '1' } },
      { cwd: '/' },
      { envFile: '.env' },
    ]) {
      expect(fingerprint({ ...config, ...change })).not.toBe(fingerprint(config));
    }
  });

  it('shows the whole command', () => {
    const shown = describeServer({ ...config, args: ['-c', 'rm -rf x; echo "y"'], cwd: '/w' });
    expect(shown).toContain('node -c "rm -rf x; echo \\"y\\""');
    expect(shown).toContain('cwd: /w');
    expect(shown).toContain('env: A=1');
  });
});

describe('why a server went away', () => {
  it.each([
    [
      { code: 1, signal: null },
      ['Error: no key', '    at main (x.js:1)'],
      'exited with code 1: Error: no key',
    ],
    [{ code: null, signal: 'SIGKILL' }, [], 'ended by SIGKILL'],
    [
      { code: 127, signal: null },
      ['spanpath: cannot start nope: spawn nope ENOENT'],
      'The command “nope” was not found',
    ],
    [
      { code: 1, signal: null },
      ['  File "x.py", line 1', 'ModuleNotFoundError: No module named mcp'],
      'ModuleNotFoundError',
    ],
    [null, [], 'closed the connection'],
  ])('%j %j', (exit, tail, text) => {
    expect(explainExit(exit, tail)).toContain(text);
  });
});

describe('why a server behind a URL refused', () => {
  it.each([
    ['Error POSTing to endpoint: {"error":{"code":-32000,"message":"it is down"}}', 'it is down'],
    ['Error POSTing to endpoint (HTTP 401): no', 'set a header'],
    ['Streamable HTTP error: Error POSTing to endpoint: spanpath: x did not answer', /^x did not/],
    ['fetch failed', /^fetch failed$/],
  ])('%s', (message, text) => {
    expect(explainRefusal(message)).toMatch(text);
  });
});
