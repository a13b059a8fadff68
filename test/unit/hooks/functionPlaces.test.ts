import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFunctionPlaces } from '../../../src/hooks/node/functionPlaces.js';
import { mapInline } from '../../../src/hooks/node/inlineMap.js';

// The hook is one CommonJS file; its lazy `require` is given to it here.
Object.assign(globalThis, { require: createRequire(import.meta.url) });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spanpath-places-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(name: string, source: string): { file: string; exports: Record<string, () => void> } {
  const file = join(folder, name);
  writeFileSync(file, source);
  return { file, exports: createRequire(import.meta.url)(file) };
}

const source = `module.exports.named = function named(a) {
  return a;
};
module.exports.arrow = async (a) => {
  return a;
};
module.exports.bound = module.exports.named.bind(null);
`;

describe('the place of a function', () => {
  it('is where V8 says that it begins', () => {
    const { file, exports } = load('a.cjs', source);
    const sought = ['named', 'arrow', 'bound'].map((name) => ({
      fn: exports[name] ?? null,
      likelyFiles: [],
    }));
    const places = readFunctionPlaces(sought);
    expect(places.map((place) => place?.line)).toEqual([1, 4, 1]);
    expect(places.map((place) => place?.file)).toEqual([file, file, file]);
    expect(places[1]?.text).toBe('module.exports.arrow = async (a) => {');
  });

  it('is never taken from a likely file that only looks similar there', () => {
    const other = load('other.cjs', source.replaceAll('return a', 'return 2'));
    const { file, exports } = load('a.cjs', source);
    const [place] = readFunctionPlaces([
      { fn: exports.arrow ?? null, likelyFiles: [other.file, file] },
    ]);
    expect(place?.file).toBe(file);
  });

  const bundle = (): string =>
    transformSync(`// A line that is dropped.\ninterface A {}\n${source}`, {
      loader: 'ts',
      sourcemap: 'inline',
      sourcefile: '../src/a.ts',
    }).code;

  it('is in the source of which a map inside the file tells', () => {
    mkdirSync(join(folder, 'src'));
    mkdirSync(join(folder, 'dist'));
    const written = join(folder, 'src/a.ts');
    writeFileSync(written, `// A line that is dropped.\ninterface A {}\n${source}`);
    const { exports } = load('dist/a.cjs', bundle());
    const [place] = readFunctionPlaces([{ fn: exports.arrow ?? null, likelyFiles: [] }]);
    expect(place).toMatchObject({ file: written, line: 6 });
    expect(place?.text).toBe('module.exports.arrow = async (a) => {');
  });

  it('stays in the file that runs when its source is not there', () => {
    mkdirSync(join(folder, 'dist'));
    const { file, exports } = load('dist/b.cjs', bundle());
    const [place] = readFunctionPlaces([{ fn: exports.arrow ?? null, likelyFiles: [] }]);
    expect(place).toMatchObject({ file, line: 4 });
  });

  it('is unknown when something else runs than the file holds, and no map tells of it', () => {
    const file = join(folder, 'compiled.cjs');
    writeFileSync(file, `// One.\n// Two.\n${source}`);
    const compiled = new Module(file) as unknown as {
      exports: Record<string, () => void>;
      _compile(source: string, file: string): void;
    };
    compiled._compile(source, file);
    const { arrow = null, named = null } = compiled.exports;
    const { bound = null } = compiled.exports;
    const sought = [arrow, named, bound].map((fn) => ({ fn, likelyFiles: [file] }));
    expect(readFunctionPlaces(sought)).toEqual([null, null, null]);
  });

  it('is known where Node put blanks in place of types', () => {
    const file = join(folder, 'typed.ts');
    const typed = 'module.exports.f = async (a: string, b: number): Promise<void> => {\n};\n';
    writeFileSync(file, typed);
    const compiled = new Module(file) as unknown as {
      exports: Record<string, () => void>;
      _compile(source: string, file: string): void;
    };
    compiled._compile(
      typed.replaceAll(/: (?:string|number|Promise<void>)/g, (type) => ' '.repeat(type.length)),
      file,
    );
    const [place] = readFunctionPlaces([{ fn: compiled.exports.f ?? null, likelyFiles: [] }]);
    expect(place?.line).toBe(1);
  });

  it.each(['x => x(1)', 'async x => x(1)', 'async(x)=>x', 'function*gen(a) {}', '() => 1'])(
    'is known for %s',
    (written) => {
      const { exports } = load('short.cjs', `\nmodule.exports = { short: ${written} };\n`);
      const [place] = readFunctionPlaces([{ fn: exports.short ?? null, likelyFiles: [] }]);
      expect(place?.line).toBe(2);
    },
  );

  it('is unknown for what has none, and leaves nothing behind', () => {
    const before = Object.getOwnPropertyNames(globalThis).sort();
    expect(
      readFunctionPlaces([
        { fn: Math.max, likelyFiles: [] },
        { fn: null, likelyFiles: [] },
      ]),
    ).toEqual([null, null]);
    expect(Object.getOwnPropertyNames(globalThis).sort()).toEqual(before);
  });
});

describe('a source map inside a script', () => {
  const typescript = `interface A {
  readonly b: number;
}

// A comment that the compiler drops.
export const first = (a: A): number => a.b;

export async function second(a: A): Promise<number> {
  return a.b;
}
`;
  const { code } = transformSync(typescript, {
    loader: 'ts',
    sourcemap: 'inline',
    sourcefile: 'a.ts',
    minifyWhitespace: true,
  });
  const url = code.slice(code.lastIndexOf('sourceMappingURL=') + 'sourceMappingURL='.length).trim();

  it('leads back to the lines that were written', () => {
    const lines = code.split('\n');
    for (const [text, line] of [
      ['first', 6],
      ['function second', 8],
    ] as const) {
      const at = lines.findIndex((one) => one.includes(text));
      const column = (lines[at] ?? '').indexOf(text);
      expect(mapInline(url, { line: at + 1, column: column + 1 })?.line, text).toBe(line);
    }
  });

  it.each([
    'data:application/json,{',
    'data:application/json;base64,e30=',
    'data:x',
    'https://x/y.map',
  ])('that is none (%s) leads nowhere', (bad) => {
    expect(mapInline(bad, { line: 1, column: 1 })).toBeNull();
  });
});
