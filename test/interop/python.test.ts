import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Driven, drive, serverFile, textOf } from './python/drive.js';
import { hasPython, prepareEnvironment } from './python/environments.js';
import { OtlpSink, type SeenLog, type SeenSpan } from './support/otlpSink.js';

/** Requirements file, Python's minor versions, scope of the SERVER spans, and what `print` reaches. */
const environments = [
  { name: 'mcp-1', minors: [11, 13, 12], scope: 'spanpath.hook.python', guardsStdout: false },
  { name: 'mcp-1.9', minors: [10], scope: 'spanpath.hook.python', guardsStdout: false },
  { name: 'mcp-2', minors: [13, 12, 11], scope: 'mcp-python-sdk', guardsStdout: true },
  { name: 'fastmcp-2', minors: [11, 12, 13], scope: 'spanpath.hook.python', guardsStdout: false },
  { name: 'fastmcp-3', minors: [12, 11, 13], scope: 'fastmcp', guardsStdout: false },
  { name: 'fastmcp-4', minors: [11, 12, 13], scope: 'fastmcp', guardsStdout: true },
];
const file = serverFile('server');
const lines = readFileSync(file, 'utf8').split('\n');
const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;

/** The last call is there, and the last words of the calls before: spans and logs come apart. */
const isComplete = ({ spans, logs }: OtlpSink, guardsStdout: boolean): boolean =>
  spans.some(({ attributes }) => attributes['mcp.resource.uri'] === 'shelves://north/contents') &&
  logs.some(({ body }) => String(body).startsWith('low on paper')) &&
  (guardsStdout || logs.some(({ body }) => body === 'beep boop'));

describe.runIf(hasPython()).each(environments)(
  'a server on $name',
  ({ name, minors, scope, guardsStdout }) => {
    let sink: OtlpSink;
    let driven: Driven;
    beforeAll(async () => {
      sink = await OtlpSink.start();
      const { python } = prepareEnvironment(name, minors);
      driven = await drive({
        endpoint: sink.endpoint,
        command: [python, file],
        env: { TEST_SDK: name.startsWith('fastmcp') ? 'fastmcp' : 'mcp' },
        settled: () => sink.until(() => isComplete(sink, guardsStdout)),
      });
      await sink.settled();
    });
    afterAll(() => sink?.stop());

    const call = (target: string): SeenSpan => {
      const found = sink.spans.find((span) => span.kind === 2 && span.name.endsWith(target));
      if (!found) throw new Error(`no SERVER span for ${target}`);
      return found;
    };
    const childrenOf = (parent: SeenSpan): SeenSpan[] =>
      sink.spans.filter((span) => span.parentSpanId === parent.spanId);
    const handlerOf = (target: string): SeenSpan => {
      const [found] = childrenOf(call(target)).filter((span) => span.kind === 1);
      if (!found) throw new Error(`no handler span for ${target}`);
      return found;
    };
    const logsIn = (span: SeenSpan): SeenLog[] =>
      sink.logs.filter((log) => log.spanId === span.spanId);

    it('reports that the hook was loaded, and by which Python', () => {
      const loaded = sink.logs.filter((log) => log.eventName === 'spanpath.hook');
      expect(loaded).toHaveLength(1);
      expect(loaded[0]?.attributes).toMatchObject({ 'spanpath.hook.state': 'loaded' });
      expect(sink.resources[0]).toMatchObject({
        'service.name': 'under-test',
        'spanpath.server.name': 'under-test',
        'spanpath.server.cwd': process.cwd(),
      });
    });

    it.each([
      ['tool', 'echo', 'def echo', 'echo'],
      ['tool', 'renamed', 'async def another_name', 'another_name'],
      ['tool', 'count', 'def count', 'Shelves.count'],
      ['tool', 'shelf_names', 'async def shelf_names_async', 'shelf_names_async'],
      ['prompt', 'letter', 'def letter', 'letter'],
      ['resource', 'shelves://all', 'def all_shelves', 'all_shelves'],
      ['resource', 'shelves://{name}/contents', 'def contents', 'contents'],
    ])('knows where the %s %s is defined', (kind, handler, definition, functionName) => {
      const found = sink.logs.find(
        ({ eventName, attributes }) =>
          eventName === 'spanpath.handler' && attributes['spanpath.handler.name'] === handler,
      );
      expect(found?.attributes).toMatchObject({
        'spanpath.handler.kind': kind,
        'code.file.path': file,
        'code.line.number': lineOf(definition),
        'code.function.name': functionName,
      });
      expect(found?.attributes['spanpath.handler.text']).toBe(
        lines[lineOf(definition) - 1]?.trim(),
      );
    });

    it.each([
      ['tools/call echo', 'def echo'],
      ['tools/call renamed', 'async def another_name'],
      ['prompts/get letter', 'def letter'],
    ])('has one SERVER span for %s, with the place of its handler', (target, definition) => {
      const span = call(target);
      expect(span.scope).toBe(scope);
      expect(span.attributes).toMatchObject({
        'mcp.method.name': target.split(' ')[0],
        'code.file.path': file,
        'code.line.number': lineOf(definition),
      });
      expect(sink.spans.filter((one) => one.kind === 2 && one.name === span.name)).toHaveLength(1);
      expect(span.parentSpanId).toMatch(/^[0-9a-f]{16}$/);
      expect(span.status).toBe(0);
    });

    it('has them for resources too, by their URI', () => {
      const read = sink.spans.filter(({ attributes }) => attributes['mcp.resource.uri']);
      expect(
        read.map(({ attributes }) => [
          attributes['mcp.resource.uri'],
          attributes['code.function.name'],
        ]),
      ).toEqual([
        ['shelves://all', 'all_shelves'],
        ['shelves://north/contents', 'contents'],
      ]);
    });

    it('shows the handler in the call, and what it raised with the stack of its own code', () => {
      expect(driven.answers.get('throws')?.isError).toBe(true);
      expect(call('throws').status).toBe(2);
      const handler = handlerOf('throws');
      expect(handler).toMatchObject({ name: 'throws', status: 2 });
      const [event] = handler.events;
      expect(event).toMatchObject({
        name: 'exception',
        attributes: {
          'exception.type': 'LookupError',
          'exception.message': 'item I-9 is on no shelf',
        },
      });
      const stack = String(event?.attributes['exception.stacktrace']);
      expect(stack).toContain(`File "${file}", line ${lineOf('raise LookupError')}, in locate`);
      expect(stack.trimEnd().split('\n').at(-1)).toBe('LookupError: item I-9 is on no shelf');
      expect(stack).not.toContain('spanpath_hook');
    });

    it.each([
      ['fetch', '/urllib?token=[redacted]&page=1', 200],
      ['fetch_missing', '/missing', 404],
      ['fetch_with_requests', '/requests', 200],
      ['fetch_with_aiohttp', '/aiohttp', 200],
    ])('nests the HTTP request of %s', (tool, path, status) => {
      // Only some environments have requests and aiohttp.
      if (driven.answers.get(tool)?.isError) return;
      const [request, ...others] = childrenOf(handlerOf(tool));
      expect(others).toEqual([]);
      expect(request).toMatchObject({ name: 'GET', kind: 3, status: status === 404 ? 2 : 0 });
      expect(request?.attributes).toMatchObject({
        'http.request.method': 'GET',
        'http.response.status_code': status,
      });
      expect(String(request?.attributes['url.full']).endsWith(path)).toBe(true);
    });

    it('shows a request that found nobody', () => {
      const [request] = childrenOf(handlerOf('fetch_nowhere'));
      expect(request).toMatchObject({ name: 'GET', status: 2 });
      expect(request?.attributes['error.type']).toBe('ConnectionRefusedError');
    });

    it('follows a call into the threads that it uses', () => {
      expect(textOf(driven.answers.get('fetch_in_threads'))).toBe('some bytes some bytes');
      const paths = childrenOf(handlerOf('fetch_in_threads')).map(
        ({ attributes }) => new URL(String(attributes['url.full'])).pathname,
      );
      expect(paths.sort()).toEqual(['/one', '/two']);
    });

    it('shows the programs that a handler starts, and gives them the trace', () => {
      const [program] = childrenOf(handlerOf('run_program'));
      expect(program?.name).toMatch(/^exec python/);
      expect(program?.attributes).toMatchObject({
        'process.exit.code': 0,
        'process.args_count': 3,
      });
      expect(textOf(driven.answers.get('run_program'))).toBe(
        `00-${program?.traceId}-${program?.spanId}-01`,
      );
      const [other] = childrenOf(handlerOf('run_program_async'));
      expect(other).toMatchObject({ status: 2 });
      expect(other?.attributes).toMatchObject({ 'process.exit.code': 3, 'error.type': '3' });
    });

    it('shows what a shell ran, and a program that nobody waited for', () => {
      const [shell] = childrenOf(handlerOf('run_by_shell'));
      expect(shell).toMatchObject({ name: 'exec exit', status: 2 });
      expect(shell?.attributes['process.exit.code']).toBe(4);
      const [left] = childrenOf(handlerOf('leave_program'));
      expect(left).toMatchObject({ status: 0 });
      expect(left?.attributes).not.toHaveProperty('process.exit.code');
    });

    it('has the log records of a call with their place, and no secrets', () => {
      const [warning, error, unformatted] = logsIn(handlerOf('speak'));
      expect(warning?.body).toBe('low on paper, password=[redacted]');
      expect(warning?.attributes).toMatchObject({
        'code.file.path': file,
        'code.line.number': lineOf('low on paper'),
        'logger.name': 'app',
      });
      expect(error?.attributes['exception.type']).toBe('LookupError');
      expect(unformatted?.body).toBe('%d sheets');
    });

    it('pins what is printed over the protocol to the line that printed it', () => {
      const findings = sink.logs
        .filter(
          ({ attributes }) =>
            attributes['spanpath.finding.kind'] === 'stdout_pollution' &&
            attributes['code.file.path'],
        )
        .map(({ body, attributes }) => [body, attributes['code.line.number']]);
      const banner = ['starting up', lineOf('starting up')];
      const inCall = ['beep boop', lineOf('print("beep"')];
      // Version 2 of the SDK turns stdout away from the wire while it serves.
      expect(findings).toEqual(guardsStdout ? [banner] : [banner, inCall]);
      if (!guardsStdout) {
        expect(logsIn(handlerOf('pollute')).map(({ body }) => body)).toContain('beep boop');
      }
    });

    it('never failed', () => {
      expect(
        sink.logs.filter((log) => log.attributes['spanpath.finding.kind'] === 'hook_failed'),
      ).toEqual([]);
    });
  },
);

describe.runIf(hasPython()).each([
  ['mcp-1', 'lowlevel1'],
  ['mcp-2', 'lowlevel2'],
])('a low-level server on %s', (name, file) => {
  let sink: OtlpSink;
  beforeAll(async () => {
    sink = await OtlpSink.start();
    const { python } = prepareEnvironment(name, [11, 12, 13]);
    const settled = (tool: string) => (): Promise<void> =>
      sink.until(() => sink.spans.some((span) => span.name === `tools/call ${tool}`));
    const server = { endpoint: sink.endpoint, command: [python, serverFile(file)] };
    await drive({ ...server, tools: ['one'], settled: settled('one') });
    // On 2.x the answer is a JSON-RPC error.
    await drive({ ...server, tools: ['two'], settled: settled('two') }).catch(() => {});
    await sink.settled();
  });
  afterAll(() => sink?.stop());

  it('is known by its dispatcher, which says that it is one', () => {
    const span = sink.spans.find(({ name: target }) => target === 'tools/call one');
    expect(span?.attributes).toMatchObject({
      'code.file.path': serverFile(file),
      'code.function.name': 'call_tool',
      'spanpath.handler.dispatch': true,
    });
  });

  it('shows what a branch raised', () => {
    const span = sink.spans.find(({ name: target }) => target === 'tools/call two');
    expect(span?.status).toBe(2);
    expect(span?.events.map(({ attributes }) => attributes['exception.message'])).toEqual([
      'two fails',
    ]);
  });
});
