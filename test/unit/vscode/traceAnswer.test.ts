import { describe, expect, it } from 'vitest';
import type { SpanDetails, SpanRow } from '../../../src/core/protocol.js';
import { describeDetails, describeRow } from '../../../src/vscode/agent/traceAnswer.js';

const row = {
  traceId: 't',
  spanId: 's',
  depth: 1,
  name: 'search',
  detail: '{ city: "Oslo" }',
  server: 'weather',
  duration: 12e6,
  status: 2,
  outcome: 'tool_error',
} as unknown as SpanRow;

describe('what a model reads of a trace', () => {
  it('is a line for each call', () => {
    expect(describeRow(row)).toBe(
      '  - search · { city: "Oslo" } · [weather] · 12 ms · tool_error (t:s)',
    );
    expect(
      describeRow({ ...row, depth: 0, detail: '', duration: null, outcome: null, status: 0 }),
    ).toBe('- search · [weather] · running (t:s)');
  });

  it('explains a failure, and cuts what is long', () => {
    const text = describeDetails({
      row,
      argumentsText: '{"city":"Oslo"}',
      resultText: 'x'.repeat(5_000),
      statusMessage: '',
      exception: { type: 'RangeError', message: 'no', stack: 'RangeError: no\n    at f (a.ts:1)' },
      logs: [{ body: 'station is down' }, { body: { code: 7 } }],
    } as unknown as SpanDetails);
    expect(text).toContain('arguments: {"city":"Oslo"}');
    expect(text).toContain('(5000 characters)');
    expect(text).toContain('at f (a.ts:1)');
    expect(text).toContain('log: station is down');
    expect(text).toContain('log: {"code":7}');
    expect(text.length).toBeLessThan(2_000);
  });
});
