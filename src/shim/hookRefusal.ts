/** Which commands start a runtime that loads no hook. */

/** Why nothing can be loaded into this server, or null when something may be. */
export function hookRefusal(command: readonly string[]): string | null {
  for (const [index, word] of command.entries()) {
    const program = /([^\\/]+?)(?:\.exe)?$/i.exec(word)?.[1]?.toLowerCase() ?? '';
    if (/^(?:deno|bun|bunx)$/.test(program) && index === 0) {
      return `${program} loads no hooks: handlers are found by reading the source`;
    }
    if (program === 'node' && readsLittle(command.slice(index + 1))) {
      return `Node was started with --permission, which keeps the hook's files from it: handlers are found by reading the source. With --allow-fs-read=* and, since Node 25, --allow-net, Spanpath also sees what a handler does`;
    }
    if (/^(?:python|pypy)[\d.]*$/.test(program)) {
      const flag = isolatingFlag(command.slice(index + 1));
      return flag === null
        ? null
        : `Python was started with -${flag}, which loads no hooks: handlers are found by reading the source. Without it, Spanpath also sees what a handler does`;
    }
  }
  return null;
}

/** `-I` and `-E` ignore PYTHONPATH, `-S` reads no sitecustomize; flags may be run together. */
function isolatingFlag(words: readonly string[]): string | null {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!/^-[A-Za-z]/.test(word)) return null;
    for (const [at, letter] of [...word.slice(1)].entries()) {
      if (letter === 'I' || letter === 'E' || letter === 'S') return letter;
      // `-c` and `-m` end the flags; `-W` and `-X` take the rest of the word, or the next one.
      if (letter === 'c' || letter === 'm') return null;
      if (letter === 'W' || letter === 'X') {
        if (at === word.length - 2) index++;
        break;
      }
    }
  }
  return null;
}

/** Options come before the program. */
function readsLittle(words: readonly string[]): boolean {
  const end = words.findIndex((word) => !word.startsWith('-'));
  const options = end < 0 ? words : words.slice(0, end);
  return (
    options.some((word) => /^--(?:experimental-)?permission$/.test(word)) &&
    !options.some((word) => /^--allow-fs-read=[*/]$/.test(word))
  );
}
