import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Places } from '../../../src/hooks/node/places.js';
import type { LogRecord } from '../../../src/hooks/node/records.js';
import type { Telemetry } from '../../../src/hooks/node/telemetry.js';

const logs: LogRecord[] = [];
let flush: (isLast: boolean) => void = () => {};
const telemetry = {
  onFlush: (step: typeof flush) => {
    flush = step;
  },
  addLog: (log: LogRecord) => logs.push(log),
} as unknown as Telemetry;
// From a file that runs as it is; this one is compiled on the way.
const folder = mkdtempSync(join(tmpdir(), 'spanpath-places-'));
function load(name: string, source: string): Record<string, () => unknown> {
  writeFileSync(join(folder, name), source);
  return createRequire(import.meta.url)(join(folder, name));
}
const file = join(folder, 'seats.cjs');
const { handler = () => '' } = load(
  'seats.cjs',
  "const handler = () => 'seats';\nexports.handler = handler;\n",
);
const hadPrepare = Object.hasOwn(Error, 'prepareStackTrace');
const bodies = () => logs.map(({ body }) => body);

beforeEach(() => {
  logs.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the place of a handler', () => {
  it('is looked up when the server has started, not while it does', () => {
    new Places(telemetry).note(handler, 'tool', 'find_seats', '');
    vi.advanceTimersByTime(300);
    flush(false);
    expect(bodies()).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(bodies()).toEqual(['tool find_seats']);
    expect(logs[0]?.attributes['code.file.path']).toBe(file);
  });

  it('is told by a server that ends before', () => {
    new Places(telemetry).note(handler, 'tool', 'refund', '');
    flush(true);
    expect(bodies()).toEqual(['tool refund']);
  });

  it('is there at once for who asks', () => {
    const places = new Places(telemetry);
    places.note(handler, 'tool', 'find_seats', '');
    expect(places.of(handler)?.functionName).toBe('handler');
  });

  it('is asked for once, however often a server is made anew with its handlers', () => {
    const { handlers = () => [] } = load(
      'again.cjs',
      'exports.handlers = () => [() => 1, () => 1, () => 2];\n',
    );
    const places = new Places(telemetry);
    const register = (name: string): object[] => {
      const [first, second, third] = handlers() as [object, object, object];
      places.note(first, 'tool', name, '');
      places.note(second, 'tool', name, '');
      for (const handler of [third]) places.note(handler, 'tool', name, '');
      return [first, second, third];
    };
    const [before = [], again = [], others = []] = ['find', 'find', 'other'].map((name) =>
      register(name).map((handler) => places.of(handler)),
    );
    expect(new Set([...before, ...others, null]).size).toBe(7);
    for (const [at, place] of again.entries()) expect(place).toBe(before[at]);
    expect(Object.hasOwn(Error, 'prepareStackTrace')).toBe(hadPrepare);
  });

  it('of what answers many names is kept over a server that is made anew, too', () => {
    const { handlers = () => [] } = load('low.cjs', 'exports.handlers = () => [() => 1];\n');
    const places = new Places(telemetry);
    const register = (): object => {
      const [handler] = handlers() as [object];
      places.noteDispatcher(handler, 'tools/call');
      return handler;
    };
    const [first, second] = [1, 2].map(() => places.ofDispatcher(register()));
    expect(first).toMatchObject({ attributes: { 'spanpath.handler.dispatch': true } });
    expect(second).toBe(first);
  });
});
