import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, serverPath, shimPath, temporaryDir, until } from './shimProcess.js';

/** A mount namespace of one's own ends with its last process, whatever happens. */
const canMount =
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', temporaryDir()]).status === 0;
if (!canMount) console.log('spanpath: skipped: a full disk needs a mount of its own (Linux)');

/** Runs what follows with 64 KB of disk at $DISK, and copies what is there in the end. */
const onSmallDisk = `
  mount -t tmpfs -o size=64k none "$DISK" || exit 99
  "$@" <&0
  code=$?
  cp "$DISK"/* "$COPY"
  exit $code`;
/** Stands for the shim, so that its pipes are passed on. */
const wrapper = `
  const { spawn } = require('node:child_process');
  const words = ['-rm', 'sh', '-c', process.env.ON_DISK, 'sh', process.execPath];
  const child = spawn('unshare', [...words, ...process.argv.slice(1)], { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code));`;

let collector: FakeCollector;
beforeAll(async () => {
  collector = await FakeCollector.start();
});
afterAll(() => collector.stop());

describe.skipIf(!canMount)('a disk that is full', () => {
  it('stops no call, tears no line, and what was lost is told once, when somebody listens', async () => {
    const [disk, copy] = [temporaryDir(), temporaryDir()];
    const shim = new ShimProcess(
      [
        shimPath,
        '--name',
        'full',
        '--spool',
        disk,
        '--',
        process.execPath,
        serverPath('tools.mjs'),
      ],
      { DISK: disk, COPY: copy, ON_DISK: onSmallDisk },
      temporaryDir(),
      ['-e', wrapper],
    );
    let calls = 0;
    const callOnce = async () => {
      shim.call(++calls, 'echo', { message: `${calls} ${'x'.repeat(500)}` });
      await shim.lines(calls);
    };
    // Bursts, so that there are many writes of different lengths.
    for (let burst = 0; burst < 12; burst++) {
      for (let call = 0; call < 10; call++) await callOnce();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    announce(shim.home, collector.endpoint);
    while (collector.findings('telemetry_dropped').length === 0) {
      await callOnce();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // What could not be delivered in time at the end would find no room on this disk.
    const last = () => collector.spans.at(-1)?.attributes['jsonrpc.request.id'];
    await until(() => Number(last()) === calls);
    const exit = await shim.end();
    expect(exit.code).toBe(0);
    const answers = exit.stdout.toString().trimEnd().split('\n');
    expect(answers.map((line) => JSON.parse(line).id)).toEqual(
      answers.map((_, index) => index + 1),
    );
    expect(answers.length).toBe(calls);

    const delivered = collector.spans.length;
    for (const file of readdirSync(copy)) {
      for (const line of readFileSync(join(copy, file), 'utf8').trimEnd().split('\n')) {
        collector.read(JSON.parse(line));
      }
    }
    const spooled = collector.spans.length - delivered;
    expect(spooled).toBeGreaterThan(0);
    const findings = collector.findings('telemetry_dropped');
    expect(findings.length).toBe(1);
    const lost = Number(/^(\d+) spans/.exec(String(findings[0]?.body))?.[1]);
    expect(lost).toBeGreaterThan(0);
    expect(delivered + spooled + lost).toBe(calls);
  });
});

function announce(home: string, endpoint: string): void {
  const directory = join(home, 'collectors');
  mkdirSync(directory, { recursive: true });
  const { pid } = process;
  const about = { endpoint, token: 'found', workspace: process.cwd(), pid, startedAt: Date.now() };
  writeFileSync(join(directory, `${pid}-1.json`), JSON.stringify(about));
}
