import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: a slow machine must not fail a test, and a stuck one must not run for ever. */
const patienceMs = 120_000;

/** Asks again until there is an answer other than null, undefined and false. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  const started = Date.now();
  while (Date.now() - started < patienceMs) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    await sleep(100);
  }
  throw new Error(`waited ${patienceMs / 1000} s in vain for ${what}`);
}
