import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPipe } from '../../../src/shim/byteSource.js';

const echo = ['-e', 'process.stdin.pipe(process.stdout)'];

/** A real child that says what it is told. */
function startEcho() {
  return spawn(process.execPath, echo, { stdio: ['pipe', 'pipe', 'inherit'] });
}

describe('a pipe that is read into one buffer', () => {
  it('gives every byte in order, then its end, and the child counts as closed', async () => {
    const child = startEcho();
    // It may come in the moment in which the pipe ends.
    const closed = once(child, 'close');
    const parts: Buffer[] = [];
    const ended = new Promise<void>((resolve) => {
      readPipe(
        child.stdout,
        (bytes) => {
          parts.push(Buffer.from(bytes));
          return false;
        },
        resolve,
      );
    });
    const text = Array.from({ length: 40_000 }, (_, line) => `line ${line} ä\n`).join('');
    child.stdin.end(text);
    await ended;
    await closed;
    expect(Buffer.concat(parts).toString()).toBe(text);
  });

  it('comes in the same memory again, and in other memory while the last is still needed', async () => {
    const child = startEcho();
    const memory: ArrayBufferLike[] = [];
    const held: Buffer[] = [];
    let tell: () => void = () => {};
    const source = readPipe(
      child.stdout,
      (bytes) => {
        memory.push(bytes.buffer);
        held.push(bytes);
        tell();
        return memory.length === 2;
      },
      () => {},
    );
    for (const word of ['one', 'two', 'three']) {
      const came = new Promise<void>((resolve) => {
        tell = resolve;
      });
      child.stdin.write(word);
      await came;
    }
    expect(memory[1]).toBe(memory[0]);
    expect(memory[2]).not.toBe(memory[1]);
    expect(held[1]?.toString()).toBe('two');
    source.destroy();
    child.kill();
    await once(child, 'close');
  });

  it('waits while it is paused, and goes on after', async () => {
    const child = startEcho();
    let got = '';
    const ended = new Promise<void>((resolve) => {
      const source = readPipe(
        child.stdout,
        (bytes) => {
          got += bytes;
          source.pause();
          setTimeout(() => source.resume(), 5);
          return false;
        },
        resolve,
      );
    });
    child.stdin.end('x'.repeat(1 << 20));
    await ended;
    expect(got.length).toBe(1 << 20);
  });

  it('is read as a stream where there is no pipe below', async () => {
    const stream = new PassThrough();
    let got = '';
    const ended = new Promise<void>((resolve) => {
      readPipe(
        stream,
        (bytes) => {
          got += bytes;
          return false;
        },
        resolve,
      );
    });
    stream.end('hello');
    await ended;
    expect(got).toBe('hello');
  });
});
