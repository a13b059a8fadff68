import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: a slow machine must not fail a test, and a stuck one must not run for ever. */
export const patienceMs = 120_000;

/**
 * Asks again until there is an answer other than null, undefined and false. What throws has no
 * answer yet: a frame that is just torn away, a server that is just starting.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  const started = Date.now();
  let problem: unknown;
  while (Date.now() - started < patienceMs) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    await sleep(100);
  }
  throw new Error(`waited ${patienceMs / 1000} s in vain for ${what}`, { cause: problem });
}

/** How long a key or a click is waited for before it counts as lost and is tried again. */
export const soonMs = 10_000;

/**
 * Does `attempt` until `took` says that it had its effect. What a person does in the moment in which
 * the editor draws anew or moves its focus goes nowhere, and a person does it again.
 */
export async function repeat(
  what: string,
  attempt: () => Promise<unknown>,
  took: () => Promise<unknown>,
): Promise<void> {
  await eventually(what, async () => {
    if (await took()) return true;
    await attempt();
    for (const until = Date.now() + soonMs; Date.now() < until; await sleep(50)) {
      if (await took()) return true;
    }
    return false;
  });
}
