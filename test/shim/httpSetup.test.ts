import { expect, it } from 'vitest';
import { addressOf } from './httpSetup.js';
import { ShimProcess } from './shimProcess.js';

it('a proxy that ends before it listens fails a test with what it wrote', async () => {
  const shim = new ShimProcess(['--http', 'no address']);
  await expect(addressOf(shim)).rejects.toThrow(/ended \([1-9]\d*\) before it listened: spanpath/);
});
