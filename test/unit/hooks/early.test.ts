import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { expect, it, onTestFinished } from 'vitest';
import { watchEarlyOutput } from '../../../src/hooks/node/early.js';

setFlagsFromString('--allow-natives-syntax');
/** Whether V8 knows where each property of an object is; where not, each use of it looks it up. */
const isFast = new Function('object', 'return %HasFastProperties(object)') as (
  object: object,
) => boolean;

it('leaves stdout as fast as it was, once it is clear who printed', () => {
  const before = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
  onTestFinished(() => {
    Object.defineProperty(process, 'stdout', before);
  });
  const stream = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
    fd: 1,
  });
  Object.defineProperty(process, 'stdout', { configurable: true, get: () => stream });
  const early = watchEarlyOutput();
  process.stdout.write('banner\n');
  expect(early.stop().map(({ chunk }) => chunk)).toEqual(['banner\n']);
  expect(process.stdout.write).toBe(Writable.prototype.write);
  expect(Object.keys(stream)).not.toContain('write');
  expect(isFast(stream)).toBe(true);
});
