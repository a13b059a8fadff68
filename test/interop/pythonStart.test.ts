import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Collector, startCollector } from '../../src/collector/collector.js';
import { drive, hookDirectory, serverFile } from './python/drive.js';
import {
  type Environment,
  hasPython,
  prepareEnvironment,
  prepareInstaller,
} from './python/environments.js';
import { OtlpSink } from './support/otlpSink.js';

const file = serverFile('server');
const isLoaded = (sink: OtlpSink): boolean =>
  sink.logs.some((log) => log.eventName === 'spanpath.hook');
/** The call came through, so the server may end. */
const called = (sink: OtlpSink, tool: string) => (): Promise<void> =>
  sink.until(() => sink.spans.some((one) => one.name === `tools/call ${tool}`));
const folder = (): string => mkdtempSync(join(tmpdir(), 'spanpath-python-'));

async function receive(): Promise<OtlpSink> {
  const sink = await OtlpSink.start();
  onTestFinished(() => sink.stop());
  return sink;
}

describe.runIf(hasPython())('the Python hook is there', () => {
  const environment = (): Environment => prepareEnvironment('mcp-1', [11, 13, 12]);

  it('when a module is run', async () => {
    const sink = await receive();
    await drive({
      endpoint: sink.endpoint,
      command: [environment().python, '-m', 'server'],
      cwd: dirname(file),
      tools: ['echo'],
      settled: called(sink, 'echo'),
    });
    const span = sink.spans.find((one) => one.name === 'tools/call echo');
    expect(span?.attributes['code.file.path']).toBe(file);
  });

  it('when uv runs the server', async () => {
    const sink = await receive();
    const { python } = environment();
    await drive({
      endpoint: sink.endpoint,
      command: [prepareInstaller(), 'run', '--no-project', '--python', python, 'python', file],
      tools: ['echo'],
      settled: called(sink, 'echo'),
    });
    await sink.until(() => isLoaded(sink));
    expect(sink.spans.map((one) => one.name)).toContain('tools/call echo');
  });

  it("when uvx runs somebody's server from the registry", async () => {
    const sink = await receive();
    await drive({
      endpoint: sink.endpoint,
      command: [
        prepareInstaller(),
        'tool',
        'run',
        '--python',
        environment().python,
        '--from',
        'mcp-server-time==2026.10.19',
        '--with',
        'mcp==2.3.0',
        'mcp-server-time',
        '--local-timezone=UTC',
      ],
      tools: ['get_current_time'],
      settled: called(sink, 'get_current_time'),
    }).catch(() => {});
    await called(sink, 'get_current_time')();
    const span = sink.spans.find((one) => one.name === 'tools/call get_current_time');
    expect(String(span?.attributes['code.function.name'])).toMatch(/get_current_time$/);
    expect(String(span?.attributes['code.file.path'])).toMatch(/mcp_server_time.server\.py$/);
  });

  it('and the sitecustomize that it stands before', async () => {
    const sink = await receive();
    const own = folder();
    writeFileSync(
      join(own, 'sitecustomize.py'),
      'import sys\nprint("customized by", __file__, file=sys.stderr)\n',
    );
    const { stderr } = await drive({
      endpoint: sink.endpoint,
      command: [environment().python, file],
      env: { PYTHONPATH: own },
      tools: ['echo'],
      settled: called(sink, 'echo'),
    });
    expect(stderr).toContain(`customized by ${join(own, 'sitecustomize.py')}`);
    await sink.until(() => isLoaded(sink));
  });

  it('and what its sitecustomize raises is said as Python says it', async () => {
    const sink = await receive();
    const own = folder();
    writeFileSync(join(own, 'sitecustomize.py'), 'raise ValueError("broken")\n');
    const { stderr } = await drive({
      endpoint: sink.endpoint,
      command: [environment().python, file],
      env: { PYTHONPATH: own },
      tools: ['echo'],
      settled: called(sink, 'echo'),
    });
    expect(stderr).toContain(
      'Error in sitecustomize; set PYTHONVERBOSE for traceback:\nValueError: broken',
    );
    await sink.until(() => isLoaded(sink));
  });

  it('with the PYTHONPATH of the user still in front of what the server imports', async () => {
    const sink = await receive();
    const own = folder();
    mkdirSync(join(own, 'second'));
    writeFileSync(join(own, 'mine.py'), 'VALUE = 1\n');
    const { stderr } = await drive({
      endpoint: sink.endpoint,
      command: [
        environment().python,
        '-c',
        `import mine, os, sys, runpy; sys.argv[0] = ${JSON.stringify(file)}; runpy.run_path(${JSON.stringify(file)}, run_name='__main__'); print('PATH', os.environ['PYTHONPATH'], file=sys.stderr)`,
      ],
      env: { PYTHONPATH: [own, join(own, 'second')].join(delimiter) },
      tools: ['echo'],
      settled: called(sink, 'echo'),
    });
    expect(stderr).toContain(`PATH ${own}${delimiter}${join(own, 'second')}\n`);
    expect(sink.spans.map((one) => one.name)).toContain('tools/call echo');
  });
});

describe.runIf(hasPython())('the Python hook is not there', () => {
  const python = (): string => prepareEnvironment('mcp-1', [11, 13, 12]).python;

  it.each([
    ['-I', ''],
    ['-E', ''],
    ['-S', ''],
    ['-I', " in the script's first line"],
  ])('with %s%s, and the findings say so', async (flag, where) => {
    const collector: Collector = await startCollector({
      dbPath: null,
      token: 'token-of-the-test',
      discoveryDir: null,
      workspace: null,
    });
    onTestFinished(() => collector.stop());
    const refusal = async () => {
      const findings = await collector.handlers['findings/list'](null);
      return findings.find((finding) => finding.kind === 'hooks_refused');
    };
    const script = join(folder(), 'server');
    writeFileSync(script, `#!${python()} ${flag}\n${readFileSync(file, 'utf8')}`, { mode: 0o755 });
    // Without `site` there are no packages, so the server cannot start at all.
    await drive({
      endpoint: collector.endpoint,
      token: 'token-of-the-test',
      command: where === '' ? [python(), flag, file] : [script],
      tools: ['echo'],
      settled: async () => {
        while (!(await refusal())) await new Promise((resolve) => setTimeout(resolve, 50));
      },
    }).catch((error: Error) => {
      if (flag !== '-S') throw error;
    });
    expect(await refusal()).toMatchObject({
      severity: 'info',
      advice: expect.stringContaining(flag),
    });
  });

  it('when the user does not want it', async () => {
    const sink = await receive();
    const { answers } = await drive({
      endpoint: sink.endpoint,
      command: [python(), file],
      shimOptions: ['--no-hooks'],
      tools: ['echo'],
    });
    expect(answers.size).toBe(1);
    expect(sink.logs).toEqual([]);
    expect(sink.spans).toEqual([]);
  });

  it('in the way when no collector answers', async () => {
    const { answers } = await drive({
      endpoint: 'http://127.0.0.1:1',
      command: [python(), file],
      tools: ['echo', 'throws', 'speak'],
    });
    expect([...answers.keys()]).toEqual(['echo', 'throws', 'speak']);
  });
});

describe.runIf(hasPython())('what the Python hook may keep', () => {
  it.each(['keys', 'none'])('with --content %s: names and places, no contents', async (level) => {
    const sink = await receive();
    await drive({
      endpoint: sink.endpoint,
      command: [prepareEnvironment('mcp-1', [11, 13, 12]).python, file],
      shimOptions: ['--content', level],
      tools: ['throws', 'fetch', 'speak'],
      settled: called(sink, 'speak'),
    });
    const said = JSON.stringify([sink.spans, sink.logs]);
    expect(said).toContain('tools/call throws');
    expect(said).toContain('"exception.type":"LookupError"');
    expect(said).toContain(', in locate');
    expect(said).not.toContain('I-9 is on no shelf');
    expect(said).not.toContain('page=1');
    expect(said).not.toContain('low on paper');
  });

  it('with --redact: what the user calls secret is hidden too', async () => {
    const sink = await receive();
    await drive({
      endpoint: sink.endpoint,
      command: [prepareEnvironment('mcp-1', [11, 13, 12]).python, file],
      shimOptions: ['--redact', 'page,/on no [a-z]+/'],
      tools: ['throws', 'fetch'],
      settled: called(sink, 'fetch'),
    });
    const said = JSON.stringify([sink.spans, sink.logs]);
    expect(said).toContain('page=[redacted]');
    expect(said).toContain('item I-9 is [redacted]');
  });
});

describe.runIf(hasPython())('the sources of the Python hook', () => {
  it.each([10, 11, 12, 13, 14])('are syntax of Python 3.%i', (minor) => {
    const code = [
      'import ast, pathlib, sys',
      'for file in pathlib.Path(sys.argv[1]).rglob("*.py"):',
      `    ast.parse(file.read_text(), str(file), feature_version=(3, ${minor}))`,
      '    print(file.name)',
    ].join('\n');
    const { python } = prepareEnvironment('mcp-1', [11, 13, 12]);
    const { stdout, status } = spawnSync(python, ['-c', code, hookDirectory], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.split('\n')).toContain('sitecustomize.py');
  });

  it('import nothing but the standard library', () => {
    const code = [
      'import ast, pathlib, sys',
      'for file in pathlib.Path(sys.argv[1]).rglob("*.py"):',
      '    for node in ast.walk(ast.parse(file.read_text())):',
      '        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []',
      '        if isinstance(node, ast.ImportFrom) and not node.level: names = [node.module]',
      '        for name in names:',
      '            if name.split(".")[0] not in sys.stdlib_module_names: print(name)',
    ].join('\n');
    const { python } = prepareEnvironment('mcp-1', [11, 13, 12]);
    const { stdout } = spawnSync(python, ['-c', code, hookDirectory], { encoding: 'utf8' });
    // The API is only joined where the server has loaded it.
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['opentelemetry', 'spanpath_hook']));
  });
});
