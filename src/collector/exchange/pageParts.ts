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
  const read = async (name: string): Promise<string> => {
    try {
      return await readFile(join(directory, name), 'utf8');
    } catch (error) {
      throw new Error(`the view is not whole: ${name} cannot be read in ${directory}`, {
        cause: error,
      });
    }
  };
  const [script, controls, style, host] = await Promise.all([
    read('main.js'),
    read('controls.js'),
    read('main.css'),
    read('page.js'),
  ]);
  return {
    title,
    script: withoutSourceMap(script) + withoutSourceMap(controls),
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
