// Every suite, one after the other, and one closing line: `N passed, N failed, N skipped`.
// `npm test -- unit shim` runs some; `--no-check` leaves types and lint out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const all = ['unit', 'shim', 'collector', 'webview', 'interop', 'vscode'];
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const suites = asked.length ? all.filter((suite) => asked.includes(suite)) : all;
const counts = { passed: 0, failed: 0, skipped: 0 };

function run(title, args) {
  console.log(`\n── ${title}`);
  return (
    spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  );
}

if (!asked.length && !process.argv.includes('--no-check')) {
  if (run('check', ['scripts/check.mjs'])) counts.passed++;
  else counts.failed++;
}
if (!run('package', ['scripts/package.mjs'])) {
  console.error('spanpath: the build failed; nothing was tested');
  counts.failed++;
} else {
  mkdirSync('out', { recursive: true });
  for (const suite of suites) {
    const report = `out/${suite}.json`;
    rmSync(report, { force: true });
    const ok = run(suite, [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      suite,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    if (!existsSync(report)) {
      console.error(`spanpath: suite ${suite} left no report`);
      counts.failed++;
      continue;
    }
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
    counts.skipped += numPendingTests + numTodoTests;
    // A file that does not load fails no test, but it is a failure all the same.
    if (!ok && numFailedTests === 0) counts.failed++;
  }
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed ? 1 : 0;
