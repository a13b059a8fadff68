import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const mapping: Record<string, string[]> = JSON.parse(
  readFileSync('node_modules/@vscode/codicons/src/template/mapping.json', 'utf8'),
);
const codes = new Map(
  Object.entries(mapping).flatMap(([code, names]) => names.map((name) => [name, Number(code)])),
);
const style = readFileSync('webview/styles/icons.css', 'utf8');
const drawn = new Map(
  [...style.matchAll(/\.codicon-([\w-]+)::before \{\s*content: "\\([0-9a-f]+)"/g)].map(
    ([, name = '', code = '']) => [name, Number.parseInt(code, 16)],
  ),
);

describe('the icons', () => {
  it('are drawn by the places that the font gives them', () => {
    expect(drawn.size).toBeGreaterThan(30);
    for (const [name, code] of drawn) expect([name, code]).toEqual([name, codes.get(name)]);
  });

  it('are all there that the view uses', () => {
    const used = globSync('webview/**/*.ts')
      .filter((file) => !file.includes('/form/'))
      .flatMap((file) => [
        ...readFileSync(file, 'utf8').matchAll(
          /(?:icon: |icon\()'([a-z-]+)'|codicon-([a-z-]+[a-z])/g,
        ),
      ])
      .map(([, first, second]) => first ?? second ?? '')
      .filter((name) => name !== 'circle' && name !== 'blank' && name !== 'chevron');
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !drawn.has(name))).toEqual([]);
  });
});
