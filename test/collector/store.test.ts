import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { Ingest } from '../../src/collector/ingest.js';
import { Session } from '../../src/collector/session.js';
import { Store } from '../../src/collector/store.js';
import { encodeTold, mcp, spanId, type Told, theTrace } from '../unit/core/trace/telling.js';
import { listRows, makeFolder, post, run, until } from './running.js';

const told: Told = {
  id: 'a',
  kind: 3,
  attributes: mcp('search', { 'gen_ai.tool.call.arguments': '{"q":"Oslo harbour"}' }),
  scope: 'spanpath.shim',
};

describe('a store on disk', () => {
  it('shows after a restart what was there before', async () => {
    const dbPath = join(makeFolder(), 'traces.db');
    const first = await run({ dbPath });
    await post(first, encodeTold(told));
    await post(first, encodeTold({ id: 'b', parent: 'a', kind: 2, attributes: mcp('search') }));
    const before = await listRows(first);
    await first.stop();
    const second = await run({ dbPath });
    await until(async () => (await listRows(second)).length === 2);
    expect(await listRows(second)).toEqual(before);
    expect(await second.handlers['session/summary'](null)).toMatchObject({
      spans: 2,
      calls: 1,
      servers: ['weather'],
      storeProblem: null,
    });
  });

  it('is readable by its user alone', async () => {
    const folder = makeFolder();
    const collector = await run({ dbPath: join(folder, 'traces.db') });
    await post(collector, encodeTold(told));
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
  });

  it('is emptied on request, for good', async () => {
    const dbPath = join(makeFolder(), 'traces.db');
    const first = await run({ dbPath });
    await post(first, encodeTold(told));
    await first.handlers['session/clear'](null);
    expect(await listRows(first)).toEqual([]);
    await post(first, encodeTold({ ...told, id: 'c' }));
    expect(await listRows(first)).toHaveLength(1);
    await first.stop();
    const second = await run({ dbPath });
    await until(async () => (await listRows(second)).length === 1);
  });

  it('is one picture for two collectors that write to it', async () => {
    const dbPath = join(makeFolder(), 'traces.db');
    const one = await run({ dbPath });
    const two = await run({ dbPath });
    for (let call = 0; call < 20; call++) {
      await post(
        call % 2 ? one : two,
        encodeTold({ ...told, id: `c${call}`, trace: theTrace.replace('4bf9', `00${call + 10}`) }),
      );
    }
    await until(
      async () => (await listRows(one)).length === 20 && (await listRows(two)).length === 20,
    );
    expect(await one.handlers['session/summary'](null)).toMatchObject({ spans: 20, calls: 20 });
    expect(await two.handlers['session/summary'](null)).toMatchObject({ spans: 20, calls: 20 });
  });
});

describe('a large request', () => {
  it('is kept in small parts, each span and log readable from its own', async () => {
    const collector = await run();
    const spans = Array.from({ length: 300 }, (_, place) => ({
      traceId: theTrace,
      spanId: spanId(`s${place}`),
      name: `span ${place}`,
      attributes: [{ key: 'filler', value: { stringValue: `${place} `.repeat(300) } }],
    }));
    const logRecords = spans.map(({ traceId, spanId: id }, place) => ({
      traceId,
      spanId: id,
      timeUnixNano: '5',
      body: { stringValue: `log ${place} ${'x'.repeat(900)}` },
    }));
    // A bad one in the middle is cut out.
    spans.splice(150, 0, { ...spans[0]!, spanId: 'bad' });
    await post(collector, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
    await post(
      collector,
      { resourceLogs: [{ scopeLogs: [{ logRecords }] }] },
      { path: '/v1/logs' },
    );
    expect(collector.session.store.lastChunk()).toBeGreaterThan(6);
    for (const place of [0, 149, 150, 299]) {
      const details = await collector.handlers['span/details']({
        traceId: theTrace,
        spanId: spanId(`s${place}`),
      });
      expect(details?.spanName).toBe(`span ${place}`);
      expect(details?.attributes.filler).toBe(`${place} `.repeat(300));
      expect(String(details?.logs[0]?.body)).toMatch(new RegExp(`^log ${place} x`));
    }
  });
});

describe('a store that is damaged', () => {
  async function filled(calls: number): Promise<string> {
    const dbPath = join(makeFolder(), 'traces.db');
    const collector = await run({ dbPath });
    for (let call = 0; call < calls; call++) {
      await post(
        collector,
        encodeTold({
          ...told,
          id: `c${call}`,
          attributes: mcp('search', { filler: 'x'.repeat(3000) }),
        }),
      );
    }
    await collector.stop();
    return dbPath;
  }

  it('is moved aside when it is no database at all, and a new one begins', async () => {
    const folder = makeFolder();
    const dbPath = join(folder, 'traces.db');
    writeFileSync(dbPath, 'this was never a database, but it has the length of one'.repeat(100));
    const collector = await run({ dbPath });
    const { storeProblem } = await collector.handlers['session/summary'](null);
    expect(storeProblem).toMatch(/damaged/);
    await post(collector, encodeTold(told));
    expect(await listRows(collector)).toHaveLength(1);
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(true);
  });

  it('gives back what can be read of a torn file', async () => {
    const dbPath = await filled(400);
    const marker = new DatabaseSync(dbPath);
    marker.exec("UPDATE state SET value = 0 WHERE key = 'clean'");
    marker.close();
    truncateSync(dbPath, Math.floor(statSync(dbPath).size * 0.7));
    const collector = await run({ dbPath });
    const { storeProblem } = await collector.handlers['session/summary'](null);
    expect(storeProblem).toMatch(/damaged/);
    await until(() => collector.session.index.spans > 0);
    await post(collector, encodeTold({ ...told, id: 'new' }));
    expect(collector.session.index.spans).toBeLessThanOrEqual(401);
  });

  it('refuses a file of a newer version, leaves it alone and goes on in memory', async () => {
    const dbPath = await filled(1);
    const newer = new DatabaseSync(dbPath);
    newer.exec('PRAGMA user_version = 999');
    newer.close();
    const bytes = readFileSync(dbPath);
    const collector = await run({ dbPath });
    expect((await collector.handlers['session/summary'](null)).storeProblem).toMatch(
      /memory only: .*newer/,
    );
    await post(collector, encodeTold(told));
    expect(await listRows(collector)).toHaveLength(1);
    expect(readFileSync(dbPath).equals(bytes)).toBe(true);
  });
});

describe('a disk that is full', () => {
  it('is reported, and the view goes on from memory with all that it showed', async () => {
    const collector = await run({ dbPath: join(makeFolder(), 'traces.db') });
    const problems: string[] = [];
    collector.events.on('collector/problem', ({ message }) => problems.push(message));
    await post(collector, encodeTold(told));
    const database = collector.session.store.database;
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as {
      page_count: number;
    };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    for (let call = 0; call < 30; call++) {
      const response = await post(
        collector,
        encodeTold({
          ...told,
          id: `c${call}`,
          attributes: mcp('search', { filler: 'x'.repeat(20_000) }),
        }),
      );
      expect(response.status).toBe(200);
    }
    expect(problems[0]).toMatch(/memory only: .*full/);
    expect(await listRows(collector)).toHaveLength(31);
    const details = await collector.handlers['span/details']({
      traceId: theTrace,
      spanId: spanId('a'),
    });
    expect(details?.argumentsText).toBe('{"q":"Oslo harbour"}');
    const later = await collector.handlers['span/details']({
      traceId: theTrace,
      spanId: spanId('c29'),
    });
    expect(later?.attributes.filler).toHaveLength(20_000);
  });

  it('is also a folder that cannot be written', async () => {
    const collector = await run({ dbPath: '/proc/spanpath/traces.db' });
    expect((await collector.handlers['session/summary'](null)).storeProblem).toMatch(/memory only/);
    await post(collector, encodeTold(told));
    expect(await listRows(collector)).toHaveLength(1);
  });
});

describe('retention', () => {
  it('drops the oldest spans past the count, and memory with them', async () => {
    const collector = await run({ limits: { maxSpans: 100, maxBytes: 1e9, maxAgeMs: 1e12 } });
    for (let call = 0; call < 300; call++)
      await post(collector, encodeTold({ ...told, id: `c${call}`, start: call }));
    await until(() => collector.session.index.spans <= 100);
    const rows = await collector.handlers['rows/list']({
      spec: {
        query: '',
        scope: { kind: 'session' },
        hiddenLayers: [],
        expandedByDefault: true,
        toggled: [],
      },
      from: 0,
      count: 500,
    });
    expect(rows.rows.at(-1)?.spanId).toBe(spanId('c299'));
    expect(collector.session.index.size).toBeLessThan(400);
  });

  it('drops by size and by age', async () => {
    const bySize = await run({ limits: { maxSpans: 1e6, maxBytes: 20_000, maxAgeMs: 1e12 } });
    for (let call = 0; call < 100; call++)
      await post(
        bySize,
        encodeTold({ ...told, id: `c${call}`, attributes: { filler: 'x'.repeat(1000) } }),
      );
    await until(() => bySize.session.store.bytes <= 20_000);
    const byAge = await run({ limits: { maxSpans: 1e6, maxBytes: 1e9, maxAgeMs: 0 } });
    await post(byAge, encodeTold(told));
    await until(() => byAge.session.index.spans === 0);
  });
});

describe('search', () => {
  it('finds words of arguments, results and logs, in any case, also after they were indexed', async () => {
    const collector = await run();
    await post(collector, encodeTold(told));
    await post(
      collector,
      encodeTold({
        ...told,
        id: 'other',
        start: 5,
        attributes: mcp('search', { 'gen_ai.tool.call.result': 'nothing' }),
      }),
    );
    const logRecords = [
      {
        timeUnixNano: '1790000000000000001',
        body: { stringValue: 'Harbour is closed' },
        traceId: theTrace,
        spanId: spanId('other'),
      },
    ];
    await post(
      collector,
      { resourceLogs: [{ scopeLogs: [{ logRecords }] }] },
      { path: '/v1/logs' },
    );
    expect(await listRows(collector, { query: '"oslo harb"' })).toHaveLength(1);
    expect(await listRows(collector, { query: 'harbour' })).toHaveLength(2);
    await until(() => collector.session.store.searchedUpTo >= 3);
    expect(collector.session.store.search('slo harbou', 10)).toHaveLength(1);
    expect(collector.session.store.search('"; DROP TABLE chunks', 10)).toEqual([]);
  });
});

describe('the writer', () => {
  // The moments are random but the same in every run.
  it.each([40, 87, 133, 211, 298])(
    'keeps every span it acknowledged when it is killed %i ms after the first',
    async (ms) => {
      const dbPath = join(makeFolder(), 'traces.db');
      const acknowledged = await killWhileWriting(dbPath, ms);
      expect(acknowledged.length).toBeGreaterThan(0);
      const session = new Session(dbPath);
      const ingest = new Ingest(session);
      for (const chunk of session.store.chunksAfter(0, 1e6)) ingest.load(chunk);
      const isLost = (id: string): boolean =>
        session.index.find({ traceId: theTrace, spanId: spanId(id) }) === -1;
      expect(acknowledged.filter(isLost)).toEqual([]);
      expect(session.storeProblem).toBeNull();
      session.close();
    },
  );
});

/**
 * Sends spans to a collector of its own process, many at a time so that commits are always under
 * way, kills it with SIGKILL so long after the first answer, and says which were answered.
 */
async function killWhileWriting(dbPath: string, ms: number): Promise<string[]> {
  const dist = process.env.SPANPATH_DIST ?? 'dist';
  const child = spawn(
    process.execPath,
    [join(dist, 'cli.js'), 'collect', '--db', dbPath, '--no-token'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SPANPATH_HOME: makeFolder() },
    },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  );
  const endpoint = (JSON.parse(line) as { otlp: string }).otlp;
  const acknowledged: string[] = [];
  const filler = 'x'.repeat(20_000);
  const send = async (sender: number): Promise<void> => {
    for (let call = 0; call < 5_000; call++) {
      const id = `${sender}k${call}`;
      const attributes = mcp('search', { filler });
      const response = await post({ endpoint }, encodeTold({ ...told, id, attributes }));
      await response.arrayBuffer();
      if (response.status !== 200) return;
      if (acknowledged.push(id) === 1) setTimeout(() => child.kill('SIGKILL'), ms);
    }
  };
  // Each ends with the connection that the kill breaks.
  await Promise.allSettled([0, 1, 2, 3, 4, 5].map(send));
  await gone;
  return acknowledged;
}

it('opens what version 1 wrote', () => {
  const path = join(makeFolder(), 'old.db');
  Store.open(path).close();
  const database = new DatabaseSync(path);
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  database.close();
  Store.open(path).close();
});
