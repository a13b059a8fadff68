import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const corpusDir = join(import.meta.dirname, '../../fixtures/handlers');
export const grammarDir = join(
  import.meta.dirname,
  '../../../node_modules/@vscode/tree-sitter-wasm/wasm',
);

/** One line of the corpus says of itself what it handles: `…  //=> tool echo, tool ping`. */
export interface Expected {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly name: string;
}

export function readExpected(root: string): Expected[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((text, at) => {
        const marked = /(?:\/\/|#)=> (.*)$/.exec(text)?.[1] ?? '';
        return marked
          .split(', ')
          .filter((part) => part !== '')
          .map((part) => {
            const [kind = '', ...name] = part.trim().split(' ');
            return { file: relative(root, path), line: at + 1, kind, name: name.join(' ') };
          });
      });
  });
}

/** `file:line kind name`, for comparing lists that read well when they differ. */
export function describePlace(place: Expected): string {
  return `${place.file}:${place.line} ${place.kind} ${place.name}`;
}
