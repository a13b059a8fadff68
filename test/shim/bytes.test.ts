import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Exit, ShimProcess, serverPath, temporaryDir, until } from './shimProcess.js';

/** Sends the chunks as separate writes; what the server got, and what the client got back. */
async function pass(
  chunks: readonly Buffer[],
  options: readonly string[] = [],
): Promise<{ exit: Exit; received: Buffer }> {
  const copy = join(temporaryDir(), 'copy');
  const words = [...options, '--', process.execPath, serverPath('mirror.mjs'), copy];
  const shim = new ShimProcess(words);
  for (const chunk of chunks) {
    if (!shim.child.stdin.write(chunk)) {
      await new Promise((resolve) => shim.child.stdin.once('drain', resolve));
    } else await new Promise((resolve) => setImmediate(resolve));
  }
  const exit = await shim.end();
  return { exit, received: readFileSync(copy) };
}

const inserted =
  /(?:,"params":\{"_meta":\{"traceparent":"[^"]{55}"\}\})|(?:"_meta":\{"traceparent":"[^"]{55}"\},?)|(?:"traceparent":"[^"]{55}",?)/g;

const awkward = [
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"n":1.0,"e":1e3,"big":9007199254740993,"neg":-0.0}}}\n',
  '{"params":{"z":1,"a":"\\u00e9\\ud83d\\ude00","z":2},"id":"1","method":"x","jsonrpc":"2.0"}\r\n',
  '\n',
  '\r\n',
  '{"id":2,"method":"ping"}\n',
  '[{"id":3,"method":"a"},{"method":"n"},{"id":4,"method":"b","params":{"k":0}}]\n',
  '   {"id" : 5 , "method" : "spaced" , "params" : { } }  \n',
  'Content-Length: 12\r\n',
  'not json {"id":1,"method":"x"}\n',
  '{"id":6,"method":"broken","params":{\n',
  '{"method":"notifications/x","params":{"é":"漢字🔧"}}\n',
  '{"id":7,"result":{"method":"ping"}}\n',
];

function cut(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (let index = 0; from < whole.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(whole.subarray(from, from + size));
    from += size;
  }
  return chunks;
}

describe('bytes through the shim', () => {
  it.each([[1], [7], [64], [100_000]])(
    'are the same both ways without injection, cut at %i',
    async (size) => {
      const whole = Buffer.concat([
        Buffer.from(awkward.join('')),
        Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
      ]);
      const { exit, received } = await pass(cut(whole, [size]), ['--no-inject']);
      expect(received.equals(whole)).toBe(true);
      expect(exit.stdout.equals(whole)).toBe(true);
    },
  );

  it('differ only by the splice with it, and the way back is untouched', async () => {
    const whole = Buffer.from(awkward.join(''));
    const { exit, received } = await pass(cut(whole, [3, 50, 11]));
    expect(received.toString().match(inserted)?.length).toBe(6);
    expect(received.toString().replace(inserted, '')).toBe(whole.toString());
    expect(exit.stdout.equals(received)).toBe(true);
  });

  it('pass in any cut of any lines', async () => {
    const line = fc.oneof(
      fc.constantFrom(...awkward),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => `${Buffer.from(bytes).toString('latin1')}\n`),
      fc.json().map((text) => `{"id":1,"method":"m","params":{"x":${text}}}\n`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
        async (lines, sizes) => {
          const whole = Buffer.from(lines.join(''), 'latin1');
          const { exit, received } = await pass(cut(whole, sizes));
          expect(received.toString('latin1').replace(inserted, '')).toBe(whole.toString('latin1'));
          expect(exit.stdout.equals(received)).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('go on without a line feed at the end', async () => {
    const { received } = await pass([Buffer.from('{"id":1,"method":"ping"}')]);
    expect(received.toString().replace(inserted, '')).toBe('{"id":1,"method":"ping"}');
    expect(received.toString()).toMatch(inserted);
  });

  it('go on when a line stops in the middle', async () => {
    const copy = join(temporaryDir(), 'copy');
    const shim = new ShimProcess(['--', process.execPath, serverPath('mirror.mjs'), copy]);
    shim.child.stdin.write('{"id":1,"method":"half');
    await until(() => shim.stdout.length > 0);
    expect(shim.stdout.toString()).toBe('{"id":1,"method":"half');
    shim.child.stdin.write('way"}\n{"id":2,"method":"whole"}\n');
    const { stdout } = await shim.end();
    expect(stdout.toString().replace(inserted, '')).toBe(
      '{"id":1,"method":"halfway"}\n{"id":2,"method":"whole"}\n',
    );
    expect(stdout.toString().match(inserted)?.length).toBe(1);
  });

  it('pass with a message of 50 MB either way, in bounded memory', async () => {
    const body = Buffer.alloc(50 << 20, 'x');
    const whole = Buffer.concat([
      Buffer.from('{"id":1,"method":"tools/call","params":{"name":"big","arguments":{"text":"'),
      body,
      Buffer.from('"}}}\n{"id":2,"method":"ping"}\n'),
    ]);
    const { exit, received } = await pass([whole]);
    expect(received.toString('latin1').replace(inserted, '').length).toBe(whole.length);
    expect(received.subarray(0, 1 << 20).equals(whole.subarray(0, 1 << 20))).toBe(true);
    expect(exit.stdout.equals(received)).toBe(true);
  });
});
