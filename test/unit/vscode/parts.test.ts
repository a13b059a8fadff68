import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallStatistics, SpanDetails } from '../../../src/core/protocol.js';
import { findCallable, readRecorded } from '../../../src/vscode/call/replay.js';
import { findClientFiles } from '../../../src/vscode/clients/clientFiles.js';
import { readOutlets, wantsOutlets } from '../../../src/vscode/collector/outlets.js';
import { claim, findSpooled } from '../../../src/vscode/collector/spoolFiles.js';
import { formatNanos, lensText } from '../../../src/vscode/lens/lensText.js';
import { callQuery } from '../../../src/vscode/trace/findCall.js';

describe('ports and forward targets of the settings', () => {
  const read = (values: Record<string, unknown>) => readOutlets({ get: (key) => values[key] });

  it('are none by default', () => {
    const { outlets, problems } = read({});
    expect(outlets).toEqual({ httpPort: null, grpcPort: null, forward: [] });
    expect(wantsOutlets(outlets)).toBe(false);
    expect(problems).toEqual([]);
  });

  it('are read with their defaults, and what is wrong is named and left out', () => {
    const { outlets, problems } = read({
      'receiver.httpPort': 4318,
      'receiver.grpcPort': 99_999,
      forward: [
        { url: 'http://localhost:4318', headers: { authorization: 'x', bad: 1 } },
        { url: 'https://tempo.test', encoding: 'json', gzip: false },
        { url: 'ftp://x' },
        {},
      ],
    });
    expect(outlets).toEqual({
      httpPort: 4318,
      grpcPort: null,
      forward: [
        {
          url: 'http://localhost:4318',
          headers: { authorization: 'x' },
          encoding: 'protobuf',
          gzip: true,
        },
        { url: 'https://tempo.test', headers: {}, encoding: 'json', gzip: false },
      ],
    });
    expect(problems).toHaveLength(2);
    expect(wantsOutlets(outlets)).toBe(true);
  });
});

describe('a lens', () => {
  const row: CallStatistics = {
    server: 's',
    name: 't',
    layer: 'wire',
    calls: 12,
    errors: 0,
    running: 0,
    p50: 640e6,
    p95: 1.2e9,
    p99: 2e9,
    max: 2e9,
    total: 9e9,
    histogram: [],
    inputTokens: null,
    outputTokens: null,
    cost: null,
  };

  it('says calls, times and errors', () => {
    expect(lensText(row)).toBe('12 calls · p50 640 ms · p95 1.2 s · no errors');
    expect(lensText({ ...row, calls: 2, errors: 1, running: 1 })).toBe(
      '2 calls · p50 640 ms · p95 1.2 s · 1 running · 1 error',
    );
    expect(lensText({ ...row, calls: 1, running: 1 })).toBe('1 call · 1 running · no errors');
  });

  it.each([
    [0, '0 ns'],
    [950, '950 ns'],
    [1_500, '1.5 µs'],
    [61_234_000, '61.2 ms'],
    [12.34e9, '12.3 s'],
  ])('writes %d ns as %s', (nanos, text) => {
    expect(formatNanos(nanos)).toBe(text);
  });
});

describe('a query for the calls of a tool', () => {
  it('quotes what is no plain word', () => {
    expect(callQuery('weather', 'get-x')).toBe('server:weather tool:get-x');
    expect(callQuery('my server', 'a"b\\c')).toBe('server:"my server" tool:"a\\"b\\\\c"');
  });
});

describe('a recorded call', () => {
  const details = (change: object): SpanDetails =>
    ({
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.name': 'search',
        'spanpath.server.name': 'weather',
      },
      row: { name: 'search', server: 'weather' },
      argumentsText: '{"city":"Oslo"}',
      wire: [],
      ...change,
    }) as unknown as SpanDetails;

  it('is sent again as it was', () => {
    expect(readRecorded(details({}))).toEqual({
      server: 'weather',
      kind: 'tool',
      name: 'search',
      argumentsText: '{"city":"Oslo"}',
      caution: null,
    });
  });

  it.each([
    ['{"key":"[redacted]"}', 'hidden'],
    ['{"text":"aaa', 'cut'],
  ])('with the arguments %s is looked at first', (argumentsText, word) => {
    expect(readRecorded(details({ argumentsText })).caution).toContain(word);
  });

  it('of another method cannot be sent again', () => {
    const listing = details({ attributes: { 'mcp.method.name': 'tools/list' } });
    expect(() => readRecorded(listing)).toThrow('Only calls of tools');
    const strange = details({ attributes: { 'mcp.method.name': 'constructor' } });
    expect(() => readRecorded(strange)).toThrow('Only calls of tools');
  });

  it('finds its tool, or sends the name alone when the tool is gone', () => {
    const tool = { name: 'search', inputSchema: {} };
    const offer = { tools: [tool], prompts: [], resources: [] };
    const recorded = readRecorded(details({}));
    expect(findCallable(offer, recorded)).toEqual({ kind: 'tool', tool });
    expect(findCallable({ ...offer, tools: [] }, recorded)).toEqual({
      kind: 'tool',
      tool: { name: 'search' },
    });
  });
});

describe('files of other clients', () => {
  it.each([
    ['linux' as const, '/h/.config/Claude/claude_desktop_config.json'],
    ['darwin' as const, '/h/Library/Application Support/Claude/claude_desktop_config.json'],
    ['win32' as const, '/a/Claude/claude_desktop_config.json'],
  ])('are found where %s keeps them', (platform, path) => {
    const present = [path, '/w/.cursor/mcp.json'];
    const exists = (each: string) => present.includes(each.replaceAll('\\', '/'));
    const found = findClientFiles(['/w'], { home: '/h', platform, appData: '/a', exists });
    expect(found.map(({ client }) => client)).toEqual(['Cursor, this project', 'Claude Desktop']);
  });
});

describe('spooled spans', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spanpath-spool-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const dead = 2 ** 22 + 1;
  const line = (cwd: string) =>
    `${JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'spanpath.server.cwd', value: { stringValue: cwd } }] } }] })}\n`;

  it('are those of the open folders whose shim has ended', () => {
    const mine = join(folder, `a-${dead}-1.traces.jsonl`);
    writeFileSync(mine, line('/work/project/src'));
    writeFileSync(join(folder, `b-${dead}-2.traces.jsonl`), line('/work/projects'));
    writeFileSync(join(folder, `c-${process.pid}-3.traces.jsonl`), line('/work/project'));
    writeFileSync(join(folder, 'notes.txt'), line('/work/project'));
    writeFileSync(join(folder, `d-${dead}-4.logs.jsonl`), 'not json\n');
    expect(findSpooled(folder, ['/work/project'])).toEqual([mine]);
    expect(findSpooled(folder, null)).toHaveLength(3);
    expect(findSpooled(join(folder, 'absent'), null)).toEqual([]);
  });

  it('are taken by one window only, and go when they are in', () => {
    const path = join(folder, `a-${dead}-1.traces.jsonl`);
    writeFileSync(path, line('/w'));
    const taken = claim(path);
    expect(claim(path)).toBeNull();
    expect(taken && existsSync(taken.path)).toBe(true);
    taken?.done();
    expect(taken && existsSync(taken.path)).toBe(false);
  });

  it('that a window took and could not read are there for the next one', () => {
    const path = join(folder, `a-${dead}-1.traces.jsonl`);
    writeFileSync(path, line('/w'));
    claim(path)?.giveBack();
    expect(findSpooled(folder, ['/w'])).toEqual([path]);
    const taken = claim(path);
    expect(findSpooled(folder, ['/w'])).toEqual([]);
    taken?.giveBack();
    // A window that was killed while it read.
    renameSync(path, `${path}.${dead}.jsonl`);
    const [left = ''] = findSpooled(folder, ['/w']);
    const again = claim(left);
    expect([again?.path, existsSync(left)]).toEqual([`${path}.${process.pid}.jsonl`, false]);
  });
});
