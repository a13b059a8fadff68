// `npm run bench -- [--json FILE] [--no-build] [NAME…]`: every test/bench/*.bench.ts in a process
// of its own, then one table. A NAME is a file's (`wire`) or the start of a figure's (`wire.large`).
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleForNode } from './bundle.mjs';
import { root } from './ensure.mjs';
import { packageExtension } from './package.mjs';

const { values: flags, positionals: names } = parseArgs({
  options: { json: { type: 'string' }, 'no-build': { type: 'boolean' } },
  allowPositionals: true,
});
const outDir = join(root, 'out/bench');

const files = globSync('test/bench/*.bench.ts', { cwd: root })
  .sort()
  .filter((file) => names.length === 0 || names.some((name) => mayMeasure(file, name)));
if (files.length === 0) {
  console.error(`spanpath: no benchmark is called ${names.join(' or ')}; see test/bench`);
  process.exit(2);
}
if (!flags['no-build']) packageExtension();
mkdirSync(outDir, { recursive: true });

function mayMeasure(file, name) {
  const [stem] = basename(file).split('.');
  return stem === name || name.startsWith(`${stem}.`) || stem.startsWith(name.split('.')[0]);
}

/** A file that is named whole gives all its figures. */
function isAsked(stem, { name }) {
  return names.length === 0 || names.some((asked) => asked === stem || name.startsWith(asked));
}

/** Bundles one file, so that it may import the TypeScript of src/, and runs it. */
async function measure(file) {
  const stem = basename(file, '.bench.ts');
  const bundle = join(outDir, `${stem}.mjs`);
  const report = join(outDir, `${stem}.json`);
  const contents = `
    import { writeFileSync } from 'node:fs';
    import run from ${JSON.stringify(`./${file}`)};
    writeFileSync(process.argv[2], JSON.stringify(await run()));
    process.exit(0);`;
  await bundleForNode(contents, bundle);
  rmSync(report, { force: true });
  const done = spawnSync(
    process.execPath,
    ['--enable-source-maps', '--expose-gc', bundle, report],
    {
      cwd: root,
      // What a benchmark prints is not the table.
      stdio: ['ignore', 2, 2],
    },
  );
  return done.status === 0 ? JSON.parse(readFileSync(report, 'utf8')) : null;
}

function printTable(rows) {
  const digits = (value) =>
    value === undefined || value === null
      ? ''
      : Number(value.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 4 });
  const cells = rows.map(({ name, unit, value, baseline, ratio, runs }) => [
    name,
    digits(value),
    unit,
    digits(baseline),
    digits(ratio),
    String(runs),
  ]);
  const header = ['figure', 'value', 'unit', 'baseline', 'ratio', 'runs'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column].length)),
  );
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ');
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  console.log(`Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${memoryGb} GB`);
  console.log(line(header));
  for (const row of cells) console.log(line(row));
}

const figures = [];
const failures = [];
for (const file of files) {
  process.stderr.write(`${basename(file, '.bench.ts')} …\n`);
  const measured = await measure(file);
  const stem = basename(file, '.bench.ts');
  if (measured) figures.push(...measured.filter((figure) => isAsked(stem, figure)));
  else failures.push(file);
}
printTable(figures);
if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
for (const file of failures) console.error(`spanpath: ${file} failed; its messages are above`);
process.exitCode = failures.length ? 1 : 0;
