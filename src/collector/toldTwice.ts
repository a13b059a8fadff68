import { eventNames, scopes } from '../core/mcp/conventions.js';
import type { LogRecord } from '../core/trace/model.js';
import type { Places } from './places.js';
import type { Session } from './session.js';

/** How many spans below a row are looked at; a call with more has other worries. */
const maxSpans = 300;

/** Whether the shim read this line from the server's stderr, from outside. */
export function isShimLine(log: LogRecord): boolean {
  return log.eventName === eventNames.stderr && log.scope.name === scopes.shim;
}

/**
 * Lines on stderr that a hook tells of at spans below this one, with the code that wrote them, and
 * how often: the shim's own copies of them would show each line a second time.
 */
export function linesToldBelow(
  session: Session,
  places: Places,
  slot: number,
): Map<string, number> {
  const { index, logs } = session;
  const { columns } = index;
  const told = new Map<string, number>();
  const waiting = [slot];
  for (let seen = 0; waiting.length > 0 && seen < maxSpans; seen++) {
    const at = waiting.pop() as number;
    for (let child = columns.firstChild[at]!; child !== -1; child = columns.next[child]!) {
      waiting.push(child);
    }
    for (const entry of at === slot ? [] : logs.ofSpan(index.refOf(at))) {
      const log = places.readLog(entry);
      if (log?.eventName !== eventNames.stderr || isShimLine(log)) continue;
      for (const line of String(log.body ?? '').split('\n')) {
        told.set(line.trim(), (told.get(line.trim()) ?? 0) + 1);
      }
    }
  }
  return told;
}
