import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageParts } from '../../core/exchange/writePage.js';

const mediaTypes: Readonly<Record<string, string>> = {
  ttf: 'font/ttf',
  woff2: 'font/woff2',
  svg: 'image/svg+xml',
};

/**
 * The built view as an exported page carries it: nothing of it refers to another file.
 * @throws when the view was not built.
 */
export async function readPageParts(directory: string, title: string): Promise<PageParts> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
  const [script, style, host] = await Promise.all([
    read('main.js'),
    read('main.css'),
    read('page.js'),
  ]);
  return {
    title,
    script: withoutSourceMap(script),
    style: await inlineFiles(withoutSourceMap(style), directory),
    host: withoutSourceMap(host),
    sha256: (text) => createHash('sha256').update(text).digest('base64'),
  };
}

function withoutSourceMap(text: string): string {
  return text.replace(
    /\n?(?:\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ \*\/)\s*$/,
    '\n',
  );
}

async function inlineFiles(style: string, directory: string): Promise<string> {
  const addresses = new Map<string, string>();
  for (const [, name] of style.matchAll(
    /url\(["']?\.?\/?([\w-]+\.(?:ttf|woff2|svg))[^)"']*["']?\)/g,
  )) {
    if (name === undefined || addresses.has(name)) continue;
    const content = await readFile(join(directory, name));
    const type = mediaTypes[name.slice(name.lastIndexOf('.') + 1)];
    addresses.set(name, `data:${type};base64,${content.toString('base64')}`);
  }
  return style.replaceAll(
    /url\(["']?\.?\/?([\w-]+\.(?:ttf|woff2|svg))[^)"']*["']?\)/g,
    (_, name: string) => `url("${addresses.get(name)}")`,
  );
}
