import { describe, expect, it } from 'vitest';
import { RetryContexts } from '../../../src/shim/retryContexts.js';

const answer = `{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","requestState":"s\\"1"}}\n`;
const other = '{"jsonrpc":"2.0","id":2,"result":{}}\n';
const state = '"s\\"1"';

describe('the context of a retry', () => {
  it('is that of the call, wherever the answer was cut', () => {
    const bytes = Buffer.from(`${other}${answer}${other}`);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const retries = new RetryContexts();
      retries.asked('1', 'first');
      // The reader's buffer is written again.
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        const chunk = Buffer.from(part);
        retries.answered(chunk);
        chunk.fill(0);
      }
      expect(retries.of(state)).toBe('first');
    }
  });

  it('is not looked for in a line past reason, and found behind it', () => {
    const retries = new RetryContexts();
    retries.asked('1', 'first');
    for (let part = 0; part < 40; part++) retries.answered(Buffer.alloc(64 << 10, 'x'));
    retries.answered(Buffer.from(`\n${answer}`));
    expect(retries.of(state)).toBe('first');
  });
});
