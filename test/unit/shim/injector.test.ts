import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Injector } from '../../../src/shim/injector.js';
import type { Outbox } from '../../../src/shim/outbox.js';
import { RetryContexts } from '../../../src/shim/retryContexts.js';

const outbox = { now: () => 0, append: () => {}, copy: () => {} } as unknown as Outbox;
const patienceMs = 250;

/** The client's side of a server that reads at once. */
function listen() {
  let forwarded = '';
  const injector = new Injector(outbox, true, new RetryContexts(), (bytes) => {
    forwarded += bytes.toString();
    return false;
  });
  return {
    receive: (text: string) => injector.receive(Buffer.from(text)),
    forwarded: () => forwarded,
  };
}

/** Until the process has read what waited for it. */
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a line that stops in the middle', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('goes on as it is when its rest does not come', async () => {
    const { receive, forwarded } = listen();
    receive('{"id":1,"method":"half');
    vi.advanceTimersByTime(patienceMs);
    await turn();
    expect(forwarded()).toBe('{"id":1,"method":"half');
    receive('way"}\n{"id":2,"method":"whole"}\n');
    expect(forwarded()).toMatch(/^\{"id":1,"method":"halfway"\}\n\{.*traceparent.*\}\n$/);
  });

  it('is whole when the process stood still and its rest waits to be read', async () => {
    const { receive, forwarded } = listen();
    receive('{"id":1,"method":"half');
    vi.advanceTimersByTime(patienceMs);
    receive('way"}\n');
    await turn();
    expect(forwarded()).toMatch(/^\{"id":1,"method":"halfway",.*traceparent.*\}\n$/);
  });

  it('has its time again from each part that comes', async () => {
    const { receive, forwarded } = listen();
    receive('{"id":1,');
    vi.advanceTimersByTime(patienceMs - 10);
    receive('"method":"half');
    vi.advanceTimersByTime(patienceMs - 10);
    await turn();
    expect(forwarded()).toBe('');
    vi.advanceTimersByTime(20);
    receive('way"');
    await turn();
    expect(forwarded()).toBe('');
    vi.advanceTimersByTime(patienceMs);
    await turn();
    expect(forwarded()).toBe('{"id":1,"method":"halfway"');
  });
});
