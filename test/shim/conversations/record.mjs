// Records the conversations of test/fixtures/conversations from real clients and servers:
//   node test/shim/conversations/record.mjs [NAME…]
// Needs the packages of test/shim/packages (installed by the suite "real servers").
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { useFirst } from './useFirst.mjs';
import { useSecond } from './useSecond.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const packages = resolve(here, '../packages');
const anchor = join(packages, 'npm/node_modules/.made-from');
const { resolve: find } = createRequire(anchor);
const load = (name) => import(pathToFileURL(find(name)).href);

const everything = [
  process.execPath,
  join(packages, 'npm/node_modules/@modelcontextprotocol/server-everything/dist/index.js'),
];
const first = [process.execPath, join(here, 'serverFirst.mjs'), anchor];
const second = [process.execPath, join(here, 'serverSecond.mjs'), anchor];
const python = [join(packages, 'python/.venv/bin/python'), resolve(here, '../servers/fast.py')];

const client = {
  first: 'TypeScript SDK 1.32.2',
  second: 'TypeScript SDK 2.4.0',
};
const recordings = [
  {
    revision: '2024-11-05',
    name: 'calls',
    server: first,
    by: 'TypeScript SDK 1.32.2',
    use: 'calls',
  },
  {
    revision: '2024-11-05',
    name: 'sampling',
    server: first,
    by: 'TypeScript SDK 1.32.2',
    use: 'sampling',
  },
  {
    revision: '2025-03-26',
    name: 'python',
    server: python,
    by: 'Python fastmcp 4.1.2',
    use: 'python',
  },
  {
    revision: '2025-06-18',
    name: 'everything',
    server: everything,
    by: 'server-everything 2026.8.31',
    use: 'everything',
  },
  {
    revision: '2025-11-25',
    name: 'tasks',
    server: everything,
    by: 'server-everything 2026.8.31',
    use: 'tasks',
  },
  {
    revision: '2025-11-25',
    name: 'probe',
    server: first,
    by: 'TypeScript SDK 1.32.2',
    client: 'second',
    use: 'probe',
  },
  {
    revision: '2026-07-28',
    name: 'calls',
    server: second,
    by: 'TypeScript SDK 2.4.0',
    client: 'second',
    use: 'calls',
  },
  {
    revision: '2026-07-28',
    name: 'input',
    server: second,
    by: 'TypeScript SDK 2.4.0',
    client: 'second',
    use: 'input',
  },
];

const wanted = process.argv.slice(2);
for (const { revision, name, server, by, client: generation = 'first', use } of recordings) {
  if (wanted.length > 0 && !wanted.includes(`${revision}/${name}`)) continue;
  const file = resolve(here, '../../fixtures/conversations', revision, `${name}.jsonl`);
  mkdirSync(dirname(file), { recursive: true });
  const about = { revision, client: client[generation], server: by, recorded: true };
  const command = [process.execPath, join(here, 'tee.mjs'), file, JSON.stringify(about), ...server];
  await (generation === 'first' ? useFirst : useSecond)(load, command, revision, use);
  console.log(`${revision}/${name}`);
}
