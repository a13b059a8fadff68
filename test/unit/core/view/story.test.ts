import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../../../src/core/trace/model.js';
import { tellRun } from '../../../../src/core/view/story.js';
import { rowAt } from './rows.js';

const agent = rowAt(0, { layer: 'agent', name: 'planner', duration: 100 });
const chat = (start: number, shape = {}) =>
  rowAt(1, { layer: 'llm', name: 'chat', start, tokens: { input: 1000, output: 10 }, ...shape });
const call = (start: number, shape = {}) => [
  rowAt(1, { layer: 'tool', name: 'reserve', start }),
  rowAt(2, { layer: 'wire', name: 'reserve', start, outcome: 'ok', ...shape }),
];

describe('the story of an agent run', () => {
  it('counts rounds, calls and tokens, a call and its layers once', () => {
    const story = tellRun([agent, chat(1), ...call(2), chat(3)]);
    expect(story?.summary).toBe('2 rounds of inference · 1 tool call · 2,000 → 20 tokens');
    expect(story?.failure).toBeNull();
  });

  it('adds up what the rounds cost when every round says it, and says nothing else', () => {
    const summary = (...costs: (number | undefined)[]) =>
      tellRun([agent, ...costs.map((cost, at) => chat(at, cost === undefined ? {} : { cost }))])
        ?.summary;
    expect(summary(0.012, 0.5)).toContain('· $0.5120');
    expect(summary(0)).toContain('· $0.00');
    expect(summary(0.012, undefined)).not.toContain('$');
  });

  it('finds an error payload that was read as a success', () => {
    const story = tellRun([agent, chat(1), ...call(2, { outcome: 'payload_error' }), chat(3)]);
    expect(story?.failure).toMatchObject({
      place: 'payload',
      sentence:
        'reserve answered with success, but its payload says that it failed, and the model read it as a success',
    });
  });

  it.each([
    ['tool_error', 'tool'],
    ['protocol_error', 'protocol'],
    ['timeout', 'transport'],
    ['abandoned', 'transport'],
    ['transport_error', 'transport'],
  ])('puts %s where it belongs: %s', (outcome, place) => {
    const rows = [{ ...agent, status: 2 as const }, chat(1), ...call(2, { outcome })];
    expect(tellRun(rows)?.failure?.place).toBe(place);
  });

  it('blames inference when the model ended the run', () => {
    const rows = [
      { ...agent, status: 2 as const },
      ...call(1, { outcome: 'tool_error' }),
      chat(2, { status: 2 }),
    ];
    expect(tellRun(rows)?.failure?.place).toBe('inference');
    expect(tellRun(rows)?.failures.map((failure) => failure.place)).toEqual(['tool', 'inference']);
  });

  it('is none where no agent is', () => {
    expect(tellRun(call(1))).toBeNull();
    expect(tellRun([])).toBeNull();
  });

  it('can be told of any rows', () => {
    const row = fc
      .record({
        layer: fc.constantFrom('agent', 'llm', 'tool', 'wire', 'internal'),
        start: fc.nat(),
        outcome: fc.option(fc.constantFrom(...outcomes)),
        status: fc.constantFrom(0, 1, 2),
      })
      .chain((shape) => fc.nat(5).map((depth) => rowAt(depth, shape as object)));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const story = tellRun(rows);
        expect(story === null).toBe(!rows.some((one) => one.layer === 'agent'));
        if (story?.failure) expect(story.failures).toContain(story.failure);
      }),
    );
  });
});
