import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, ShimProcess, serverPath, shimPath, temporaryDir, until } from './shimProcess.js';

const server = (code: string) => ['--', process.execPath, serverPath('script.mjs'), code];
const run = (code: string, env = {}) => new ShimProcess(server(code), env);
/** A server that says its process id. */
const announced = (code: string) => run(`complain('pid ' + process.pid + '\\n'); ${code}`);
async function pidOf(shim: ShimProcess): Promise<number> {
  await until(() => /pid \d+\n/.test(shim.stderr));
  return Number(/pid (\d+)/.exec(shim.stderr)?.[1]);
}
const posix = it.skipIf(process.platform === 'win32');

describe('the shim leaves as its server does', () => {
  it.each([0, 1, 3, 127, 255])('with code %i', async (code) => {
    expect((await run(`process.exit(${code})`).exit).code).toBe(code);
  });

  posix.each(['TERM', 'KILL', 'SEGV', 'INT', 'USR1', 'PIPE', 'ALRM'])('by SIG%s', async (name) => {
    const shim = new ShimProcess(['--', 'sh', '-c', `kill -${name} $$; sleep 9`]);
    expect(await shim.exit).toMatchObject({ code: null, signal: `SIG${name}`, stderr: '' });
  });

  posix('though something that it started still holds its output', async () => {
    const shim = new ShimProcess(['--', 'sh', '-c', 'sleep 300 & echo $!; exit 3']);
    const exit = await shim.exit;
    expect(exit.code).toBe(3);
    process.kill(Number(exit.stdout));
  });

  posix('when it is asked to, though something that it started still talks', async () => {
    const talk = 'while echo talk; do sleep 0.05; done & exec sh -c "echo $$; exit 3"';
    const shim = new ShimProcess(['--', 'sh', '-c', talk]);
    await until(() => /^\d+$/m.test(shim.stdout.toString()));
    const server = Number(/^\d+$/m.exec(shim.stdout.toString())?.[0]);
    await until(() => !isAlive(server));
    shim.child.kill('SIGTERM');
    expect((await shim.exit).code).toBe(3);
  });

  it('when its input ends, after everything it still had to say', async () => {
    const shim = run(
      `process.stdin.resume().on('end', () => { print('x'.repeat(60000)); print('last\\n') })`,
    );
    const exit = await shim.end();
    expect(exit).toMatchObject({ code: 0 });
    expect(exit.stdout.toString().endsWith('last\n')).toBe(true);
  });

  it('when its input ends, but not before a call that takes long is answered', async () => {
    // Longer than a silent server is given that nobody waits for.
    const shim = run(
      `process.stdin.once('data', () => setTimeout(() => print('{"id":1,"result":{}}\\n'), 7000))`,
    );
    shim.call(1, 'slow');
    const exit = await shim.end();
    expect(exit.stdout.toString()).toBe('{"id":1,"result":{}}\n');
    expect(exit.code).toBe(0);
  });

  it('while its input is still open', async () => {
    expect((await run(`print('bye\\n')`).exit).stdout.toString()).toBe('bye\n');
  });
});

describe('the shim passes on', () => {
  it('stderr as it is, and writes nothing of its own', async () => {
    const exit = await run(`complain('one\\n\\u001b[31mtwo'); print('{}\\n')`).exit;
    expect(exit.stderr).toBe('one\n\u001b[31mtwo');
    expect(exit.stdout.toString()).toBe('{}\n');
  });

  it('environment, arguments and working directory', async () => {
    const shim = new ShimProcess(
      [
        '--',
        process.execPath,
        '-e',
        'console.log(JSON.stringify([process.env, process.argv.slice(1), process.cwd()]))',
        '--',
        'a b',
        '--name',
        '"q"',
      ],
      {
        SPANPATH_TEST: 'kept',
        SPANPATH_TOKEN: 'secret',
        ELECTRON_RUN_AS_NODE: '1',
        SPANPATH_ELECTRON: '1',
      },
    );
    const [env, words, cwd] = JSON.parse((await shim.exit).stdout.toString());
    expect(words).toEqual(['a b', '--name', '"q"']);
    expect(cwd).toBe(process.cwd());
    expect(env).toMatchObject({ SPANPATH_TEST: 'kept', PATH: process.env.PATH });
    expect(env).not.toHaveProperty('SPANPATH_TOKEN');
    expect(env).not.toHaveProperty('ELECTRON_RUN_AS_NODE');
  });

  it('ELECTRON_RUN_AS_NODE when it was the user who set it', async () => {
    const shim = new ShimProcess(
      ['--', process.execPath, '-p', 'process.env.ELECTRON_RUN_AS_NODE'],
      { ELECTRON_RUN_AS_NODE: '1' },
    );
    expect((await shim.exit).stdout.toString().trim()).toBe('1');
  });

  it('where telemetry may go, unless the user said it already', async () => {
    const print =
      "console.log(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([k]) => k.startsWith('OTEL_')))))";
    const options = [
      '--endpoint',
      'http://127.0.0.1:9',
      '--token',
      't',
      '--name',
      'my server',
      '--no-hooks',
      '--',
      process.execPath,
      '-e',
      print,
    ];
    const seen = JSON.parse((await new ShimProcess(options).exit).stdout.toString());
    expect(seen).toMatchObject({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'authorization=Bearer%20t',
    });
    expect(seen.OTEL_RESOURCE_ATTRIBUTES).toContain('spanpath.server.name=my%20server');
    expect(seen).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://elsewhere/x' };
    const kept = JSON.parse((await new ShimProcess(options, own).exit).stdout.toString());
    expect(kept.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT).toBe('http://elsewhere/x');
    expect(kept).not.toHaveProperty('OTEL_EXPORTER_OTLP_TRACES_HEADERS');
  });

  posix.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s',
    async (signal) => {
      const shim = announced(
        `process.on('${signal}', () => { print('got it\\n'); process.exit(9) }); complain('ready\\n'); stay()`,
      );
      await until(() => shim.stderr.includes('ready'));
      shim.child.kill(signal);
      const exit = await shim.exit;
      expect(exit.code).toBe(9);
      expect(exit.stdout.toString()).toBe('got it\n');
      expect(exit.stderr).not.toContain('Debugger');
    },
  );
});

describe('nothing is left behind', () => {
  posix('when the shim is killed and the server ignores everything', async () => {
    const shim = announced(`process.on('SIGTERM', () => {}); process.stdin.resume(); stay()`);
    const pid = await pidOf(shim);
    await until(() => guardOf(shim.child.pid ?? 0) !== '');
    shim.child.kill('SIGKILL');
    await until(() => !isAlive(pid));
    await shim.exit;
  });

  posix('when the client is gone', async () => {
    const file = join(temporaryDir(), 'pid');
    const code = `writeFileSync(${JSON.stringify(file)}, String(process.pid)); process.stdin.resume(); stay()`;
    const words = [shimPath, ...server(code)];
    // A client that starts the shim and is killed: nobody closes anything in good order.
    const client = new ShimProcess(
      [
        '-e',
        `const c = require('node:child_process').spawn(process.execPath, ${JSON.stringify(words)}, { stdio: ['pipe', 'pipe', 'ignore'] }); console.log(c.pid); setInterval(() => {}, 1000)`,
      ],
      {},
      temporaryDir(),
      [],
    );
    await client.lines(1);
    await until(() => existsAndFull(file));
    client.child.kill('SIGKILL');
    const [shim, child] = [Number(client.stdout), Number(readFileSync(file, 'utf8'))];
    await until(() => !isAlive(shim) && !isAlive(child));
  });

  posix('when the server ignores the end of its input', async () => {
    const shim = announced(`process.stdin.resume(); stay()`);
    const pid = await pidOf(shim);
    const exit = await shim.end();
    expect(exit.signal).toBe('SIGTERM');
    expect(isAlive(pid)).toBe(false);
  });

  posix('when nobody reads what the server says', async () => {
    const shim = announced(
      `process.stdout.on('error', () => process.exit(4)); setInterval(() => process.stdout.write('x'.repeat(10000) + '\\n'), 1)`,
    );
    const pid = await pidOf(shim);
    shim.child.stdout.destroy();
    await until(() => !isAlive(pid));
    await shim.exit;
  });
});

describe('a command that cannot start', () => {
  it('is told in one line', async () => {
    const exit = await new ShimProcess(['--', 'spanpath-no-such-command', 'x']).exit;
    expect(exit.code).toBe(127);
    expect(exit.stderr).toMatch(/^spanpath: cannot start spanpath-no-such-command: .*\n$/);
    expect(exit.stdout.length).toBe(0);
  });

  it.each([
    [[], 'no command'],
    [['--bogus', '--', 'x'], 'unknown option --bogus'],
    [['--name'], '--name needs a value'],
    [['--content', 'most', '--', 'x'], '--content is one of'],
  ])('%j is a usage error', async (words, message) => {
    const exit = await new ShimProcess(words as string[]).exit;
    expect(exit.code).toBe(2);
    expect(exit.stderr).toContain(`spanpath: ${message}`);
  });
});

function guardOf(shim: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(shim), 'sh'])
      .toString()
      .trim();
  } catch {
    return '';
  }
}

function existsAndFull(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') !== '';
  } catch {
    return false;
  }
}
