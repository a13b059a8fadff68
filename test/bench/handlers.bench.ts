/** How fast the handler index is on a thousand files, and how right it is on the corpus. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { FactsCache } from '../../src/indexer/factsCache.js';
import { HandlerIndex } from '../../src/indexer/handlerIndex.js';
import { indexFolders } from '../../src/indexer/indexFolders.js';
import { corpusDir, describePlace, grammarDir, readExpected } from '../unit/indexer/corpus.js';
import { type Figure, median } from './figure.js';

const files = 1000;
/** Of the files, as in a workspace with several servers. */
const withHandlers = 100;
const runs = 5;

export default async function run(): Promise<Figure[]> {
  const root = mkdtempSync(join(tmpdir(), 'spanpath-handlers-'));
  try {
    writeTree(root);
    return [...(await measureIndex(root)), ...(await measureAccuracy())];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function measureIndex(root: string): Promise<Figure[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  const changed: number[] = [];
  const cachePath = join(root, '.cache/handlers.json');
  const file = join(root, 'server0/tools/tool0.ts');
  for (let at = 0; at < runs; at++) {
    rmSync(cachePath, { force: true });
    const index = new HandlerIndex(grammarDir, new FactsCache(cachePath));
    cold.push(
      await time(async () => {
        await index.open([root]);
        index.list();
      }),
    );
    writeFileSync(file, toolSource(0, `renamed_${at}`));
    changed.push(
      await time(async () => {
        await index.update([file]);
        if (index.find('tool', `renamed_${at}`).length !== 1)
          throw new Error('the change was not seen');
      }),
    );
    const again = new HandlerIndex(grammarDir, new FactsCache(cachePath));
    warm.push(
      await time(async () => {
        await again.open([root]);
        again.list();
      }),
    );
  }
  return [
    { name: 'handlers.index.cold', unit: 'ms', value: median(cold), runs },
    {
      name: 'handlers.index.cached',
      unit: 'ms',
      value: median(warm),
      baseline: median(cold),
      ratio: median(warm) / median(cold),
      runs,
    },
    { name: 'handlers.index.changed', unit: 'ms', value: median(changed), runs },
  ];
}

async function measureAccuracy(): Promise<Figure[]> {
  let expected = 0;
  let right = 0;
  let wrong = 0;
  const figures: Figure[] = [];
  for (const language of readdirSync(corpusDir)) {
    const root = join(corpusDir, language);
    const wanted = new Set(readExpected(root).map(describePlace));
    const places = (await indexFolders([root], { grammarDir })).filter(
      (place) => !place.isRegistration,
    );
    const found = new Set(
      places.map((place) => describePlace({ ...place, file: relative(root, place.file) })),
    );
    const hits = [...found].filter((place) => wanted.has(place)).length;
    expected += wanted.size;
    right += hits;
    wrong += found.size - hits;
    figures.push({
      name: `handlers.accuracy.${language}`,
      unit: '%',
      value: (100 * hits) / wanted.size,
      runs: wanted.size,
    });
  }
  return [
    { name: 'handlers.accuracy', unit: '%', value: (100 * right) / expected, runs: expected },
    { name: 'handlers.wrong', unit: 'places', value: wrong, runs: expected },
    ...figures,
  ];
}

async function time(step: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await step();
  return performance.now() - start;
}

/** Servers of ten tools each, among files that have nothing to do with tools. */
function writeTree(root: string): void {
  const servers = withHandlers / 10;
  for (let server = 0; server < servers; server++) {
    const folder = join(root, `server${server}`);
    mkdirSync(join(folder, 'tools'), { recursive: true });
    for (let tool = 0; tool < 9; tool++) {
      writeFileSync(
        join(folder, `tools/tool${tool}.ts`),
        toolSource(tool, `server${server}_tool${tool}`),
      );
    }
    const imports = Array.from(
      { length: 9 },
      (_, tool) => `import { tool${tool} } from './tools/tool${tool}.js';`,
    );
    const list = Array.from({ length: 9 }, (_, tool) => `tool${tool}`).join(', ');
    writeFileSync(
      join(folder, 'main.ts'),
      `import { McpServer } from '@modelcontextprotocol/server';\n${imports.join('\n')}\nconst server = new McpServer({ name: 's${server}', version: '1' });\nfor (const tool of [${list}]) server.registerTool(tool.name, tool.config, tool.handler);\n`,
    );
  }
  cpSync(corpusDir, join(root, 'corpus'), { recursive: true });
  const others = files - withHandlers - readdirSync(corpusDir, { recursive: true }).length;
  for (let at = 0; at < others; at++) {
    const folder = join(root, `lib${at % 40}`);
    mkdirSync(folder, { recursive: true });
    const [name, source] =
      at % 3 === 0 ? [`part${at}.py`, pythonSource(at)] : [`part${at}.ts`, plainSource(at)];
    writeFileSync(join(folder, name), source);
  }
}

function toolSource(tool: number, name: string): string {
  return `import { z } from 'zod';\n${plainSource(tool)}\nexport const tool${tool} = {\n  name: '${name}',\n  config: { inputSchema: { text: z.string() } },\n  async handler({ text }: { text: string }) {\n    return { content: [{ type: 'text', text }] };\n  },\n};\n`;
}

function plainSource(at: number): string {
  const functions = Array.from(
    { length: 12 },
    (_, part) =>
      `export function compute${at}_${part}(values: readonly number[], factor = ${part}): number {\n  let sum = 0;\n  for (const value of values) {\n    if (value > factor) sum += value * factor;\n    else sum -= value;\n  }\n  return sum;\n}\n`,
  );
  return functions.join('\n');
}

function pythonSource(at: number): string {
  const functions = Array.from(
    { length: 12 },
    (_, part) =>
      `def compute_${at}_${part}(values, factor=${part}):\n    total = 0\n    for value in values:\n        if value > factor:\n            total += value * factor\n    return total\n`,
  );
  return functions.join('\n\n');
}
