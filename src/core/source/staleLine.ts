/** A span remembers a line; the file may have changed since. The function is followed by name. */

export interface RememberedPlace {
  /** Counts from 1; 0 when unknown. */
  readonly line: number;
  /** `code.function.name`, possibly qualified; '' when unknown. */
  readonly functionName: string;
  /** The text of the line as the process saw it; '' when unknown. */
  readonly text: string;
}

/** How far around the remembered line a definition may stand (decorators, a wrapped signature). */
const near = 6;

/** The line, from 1, on which the function stands now; the remembered one when nothing is better. */
export function followLine(lines: readonly string[], place: RememberedPlace): number {
  const remembered = Math.min(Math.max(place.line, 1), Math.max(lines.length, 1));
  const text = place.text.trim();
  if (text !== '') {
    const same = nearest(lines, remembered, (line) => line.trim() === text);
    if (same !== null) return same;
  }
  const name = bareName(place.functionName);
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return remembered;
  const isDefinition = (line: string): boolean => definesFunction(line, name);
  const definition = nearest(lines, remembered, isDefinition);
  if (definition === null) return remembered;
  const offset = Math.abs(definition - remembered);
  // A mention on the line itself (a call site, a property) is what was meant, unless it is a decorator.
  const here = lines[remembered - 1] ?? '';
  const isMentioned = mentions(here, name) && !here.trimStart().startsWith('@');
  return isMentioned && offset > near ? remembered : definition;
}

/** Whether any line defines a function of that name, which may be qualified. */
export function hasFunction(lines: readonly string[], functionName: string): boolean {
  const name = bareName(functionName);
  return /^[\p{L}\p{N}_$]+$/u.test(name) && lines.some((line) => definesFunction(line, name));
}

function bareName(functionName: string): string {
  return (
    functionName
      .split(/[.:#]+/)
      .at(-1)
      ?.trim() ?? ''
  );
}

function nearest(
  lines: readonly string[],
  from: number,
  matches: (line: string) => boolean,
): number | null {
  for (let distance = 0; distance < lines.length; distance++) {
    for (const line of [from + distance, from - distance]) {
      const text = lines[line - 1];
      if (text !== undefined && matches(text)) return line;
    }
  }
  return null;
}

function mentions(line: string, name: string): boolean {
  return new RegExp(`(^|[^\\p{L}\\p{N}_$])${escapeName(name)}($|[^\\p{L}\\p{N}_$])`, 'u').test(
    line,
  );
}

/** A definition in any of the languages we read: `def`, `function`, `func`, `fn`, a method, a const. */
function definesFunction(line: string, name: string): boolean {
  const escaped = escapeName(name);
  return (
    new RegExp(`\\b(def|function\\*?|func|fn|fun)\\s+(\\([^)]*\\)\\s*)?${escaped}\\b`, 'u').test(
      line,
    ) ||
    new RegExp(`\\b(const|let|var)\\s+${escaped}\\s*[:=]`, 'u').test(line) ||
    new RegExp(
      `^\\s*(?:[\\w<>\\[\\],?]+\\s+)*#?${escaped}\\s*(?:<[^>]*>)?\\([^;]*\\{?\\s*$`,
      'u',
    ).test(line) ||
    new RegExp(
      `^\\s*['"]?${escaped}['"]?\\s*[:=]\\s*(async\\b|function\\b|\\(|\\w+\\s*=>)`,
      'u',
    ).test(line)
  );
}

function escapeName(name: string): string {
  return name.replaceAll('$', '\\$');
}
