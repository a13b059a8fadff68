import type { Exit } from './connection.js';

/** The shim's own line when it could not run the command. */
const notStarted = /^spanpath: cannot start (.*?): (.*)$/;

/** Why a server did not start or went away, in one sentence for people. */
export function explainExit(exit: Exit | null, stderrTail: readonly string[]): string {
  for (const line of stderrTail) {
    const [, command, reason = ''] = notStarted.exec(line) ?? [];
    if (command === undefined) continue;
    return reason.includes('ENOENT')
      ? `The command “${command}” was not found`
      : `The command “${command}” could not be started: ${reason}`;
  }
  const how =
    exit?.signal != null
      ? `The server was ended by ${exit.signal}`
      : exit?.code == null || exit.code === 0
        ? 'The server closed the connection'
        : `The server exited with code ${exit.code}`;
  const said = likelyCause(stderrTail);
  return said ? `${how}: ${said}` : how;
}

/** The line that names an error, as the last lines are often a stack or advice. */
function likelyCause(lines: readonly string[]): string {
  const found =
    lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b.*:/.test(line)) ??
    lines.findLast((line) => !/^(at |Node\.js v|\^|}|File ")/.test(line)) ??
    '';
  return found.length > 300 ? `${found.slice(0, 300)}…` : found;
}

/** Why a server behind a URL did not answer; the SDK wraps the proxy's body in words of its own. */
export function explainRefusal(message: string): string {
  if (/\b401\b|unauthori[sz]ed/i.test(message)) {
    return 'The server wants authorization (401): set a header for it in the configuration';
  }
  const [, body] = /(\{.*\})\s*$/s.exec(message) ?? [];
  try {
    const parsed = JSON.parse(body ?? '') as { error?: { message?: unknown } };
    if (typeof parsed.error?.message === 'string') return parsed.error.message;
  } catch {
    // Not JSON: the words as they are.
  }
  // The proxy's own words stand behind those of the SDK.
  return message
    .replace(/^.*\bspanpath: /s, '')
    .replace(/^Streamable HTTP error: /, '')
    .replace(/^Error POSTing to endpoint[^:]*: /, '');
}
