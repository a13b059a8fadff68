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
const file = join(folder, 'seats.cjs');
writeFileSync(file, "const handler = () => 'seats';\nexports.handler = handler;\n");
const { handler } = createRequire(import.meta.url)(file) as { handler: () => string };
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
});
