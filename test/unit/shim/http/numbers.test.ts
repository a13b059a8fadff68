import { expect, it } from 'vitest';
import { Numbers } from '../../../../src/shim/http/numbers.js';

it('a number comes again when all others came, and not while it is in use', () => {
  const numbers = new Numbers(2);
  const long = [numbers.take(), numbers.take()];
  expect(long).toEqual([2, 3]);
  const short = () => {
    const number = numbers.take();
    numbers.release(number);
    return number;
  };
  const seen = new Set(Array.from({ length: 0xffff - 3 }, short));
  expect(seen.size).toBe(0xffff - 3);
  expect([short(), short()]).toEqual([4, 5]);
  numbers.release(2);
  for (let index = 6; index <= 0xffff; index++) short();
  expect([short(), short()]).toEqual([2, 4]);
});

it('when all are in use the oldest comes again', () => {
  const numbers = new Numbers(1);
  const all = Array.from({ length: 0xffff }, () => numbers.take());
  expect(all.every((number, index) => number === index + 1)).toBe(true);
  expect(numbers.take()).toBe(1);
});
