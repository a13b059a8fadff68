import type { Exit } from './connection.js';

/** Why a server did not start or went away, in one sentence for people. */
export function explainExit(exit: Exit | null, stderrTail: readonly string[]): string {
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
    lines.findLast((line) => /^spanpath: /.test(line)) ??
    lines.findLast((line) => !/^(at |Node\.js v|\^|}|File ")/.test(line)) ??
    '';
  return found.length > 300 ? `${found.slice(0, 300)}…` : found;
}
