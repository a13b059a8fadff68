import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until there is an answer other than null, undefined and false. There is no limit
 * that a slow machine could break; the test's own says when to give up, and `what` says on what.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  const noteAfterMs = 30_000;
  const started = Date.now();
  let noted = false;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (!noted && Date.now() - started > noteAfterMs) {
      noted = true;
      console.error(`still waiting for ${what}`);
    }
    await sleep(100);
  }
}
