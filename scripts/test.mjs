// Every suite, one after the other, and one closing line: `N passed, N failed, N skipped`.
// `npm test -- unit shim` runs some; `--no-check` leaves types and lint out, `--no-build` takes
// the VSIX and dist/ as they are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from './chromium.mjs';
import { ensureCodeServer } from './codeServer.mjs';
import { flakyReport } from './flakyReporter.mjs';

const all = ['unit', 'shim', 'collector', 'webview', 'interop', 'vscode'];
const { values: flags, positionals: asked } = parseArgs({
  options: { 'no-check': { type: 'boolean' }, 'no-build': { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = asked.filter((suite) => !all.includes(suite));
if (unknown.length) {
  console.error(`spanpath: no suite is called ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}
const suites = asked.length ? all.filter((suite) => asked.includes(suite)) : all;
const counts = { passed: 0, failed: 0, skipped: 0 };
const problems = [];
/** Tests that passed only when tried again, as CI does (`retry` in vitest.config.mts). */
const flaky = [];
// Nothing that runs here may read or leave traces in the user's own folder.
const home = mkdtempSync(join(tmpdir(), 'spanpath-test-home-'));
const env = { ...process.env, SPANPATH_HOME: process.env.SPANPATH_HOME ?? home };

let running;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    running?.kill(signal);
    rmSync(home, { recursive: true, force: true });
    process.exit(130);
  });
}

async function run(title, args) {
  console.log(`\n── ${title}`);
  const started = Date.now();
  running = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const [code] = await once(running, 'exit');
  console.log(`── ${title}: ${Math.round((Date.now() - started) / 1000)} s`);
  return code === 0;
}

function fail(problem) {
  counts.failed++;
  problems.push(problem);
}

async function runSuite(suite) {
  const report = `out/${suite}.json`;
  rmSync(report, { force: true });
  const reporters = [
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    '--reporter=./scripts/flakyReporter.mjs',
  ];
  const ok = await run(suite, [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--project', suite, '--passWithNoTests'],
    ...reporters,
  ]);
  if (!existsSync(report)) return fail(`suite ${suite} left no report`);
  const told = JSON.parse(readFileSync(report, 'utf8'));
  flaky.push(...JSON.parse(readFileSync(flakyReport, 'utf8')));
  counts.passed += told.numPassedTests;
  counts.failed += told.numFailedTests;
  counts.skipped += told.numPendingTests + told.numTodoTests;
  // A file that does not load fails no test, but it is a failure all the same.
  if (!ok && told.numFailedTests === 0) fail(`suite ${suite} ended with an error`);
}

// The download of VS Code waits for the network, so it may as well wait beside the first suites.
const editor = suites.includes('vscode')
  ? ensureCodeServer().then(
      () => null,
      (error) => error,
    )
  : null;
if (suites.some((suite) => ['webview', 'vscode'].includes(suite))) {
  try {
    process.env.SPANPATH_CHROMIUM = env.SPANPATH_CHROMIUM = ensureChromium();
  } catch (error) {
    fail(error.message);
  }
}
if (!asked.length && !flags['no-check']) {
  if (await run('check', ['scripts/check.mjs'])) counts.passed++;
  else fail('npm run check');
}
mkdirSync('out', { recursive: true });
if (!flags['no-build'] && !(await run('package', ['scripts/package.mjs']))) {
  fail('the build failed; nothing was tested');
} else {
  for (const suite of suites) {
    const error = suite === 'vscode' ? await editor : null;
    if (error) fail(`VS Code could not be installed: ${error.message}`);
    else await runSuite(suite);
  }
}
rmSync(home, { recursive: true, force: true });
for (const problem of problems) console.error(`spanpath: ${problem}`);
for (const test of flaky) console.error(`spanpath: passed at the second try only: ${test}`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed ? 1 : 0;
