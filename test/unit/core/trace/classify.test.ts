import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/core/trace/classify.js';
import { describeRow, shortArguments } from '../../../../src/core/trace/describe.js';
import type { Attributes, Layer } from '../../../../src/core/trace/model.js';

function classified(
  name: string,
  attributes: Record<string, string>,
  given: { kind?: number; scope?: string; status?: number } = {},
) {
  const { kind = 1, scope = '', status = 0 } = given;
  return classify({ name, kind, scope, status, fact: (key) => attributes[key] ?? '' });
}

describe('which layer speaks in a span', () => {
  it.each<
    [
      string,
      string,
      Record<string, string>,
      { kind?: number; scope?: string },
      Layer,
      string,
      string,
    ]
  >([
    [
      'the shim',
      'tools/call f',
      { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'f' },
      { kind: 3, scope: 'spanpath.shim' },
      'wire',
      'tools/call',
      'f',
    ],
    [
      'an SDK client',
      'tools/call f',
      { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'f' },
      { kind: 3 },
      'mcp-client',
      'tools/call',
      'f',
    ],
    [
      'an SDK server',
      'tools/call f',
      { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'f' },
      { kind: 2 },
      'mcp-server',
      'tools/call',
      'f',
    ],
    [
      'a name alone that says the tool',
      'tools/call f',
      { 'mcp.method.name': 'tools/call' },
      { kind: 2 },
      'mcp-server',
      'tools/call',
      'f',
    ],
    [
      'Logfire, client',
      'MCP request: tools/call f',
      { 'rpc.system': 'jsonrpc', 'rpc.method': 'tools/call' },
      {},
      'mcp-client',
      'tools/call',
      'f',
    ],
    [
      'Logfire, server',
      'MCP server handle request: tools/call',
      { 'rpc.system': 'jsonrpc', 'rpc.method': 'tools/call' },
      {},
      'mcp-server',
      'tools/call',
      '',
    ],
    [
      'mcp-go',
      'mcp.tools/call',
      { 'mcp.method': 'tools/call', 'mcp.tool.name': 'f' },
      { kind: 2 },
      'mcp-server',
      'tools/call',
      'f',
    ],
    [
      'OpenLLMetry, a method',
      'tools/list.mcp',
      { 'traceloop.span.kind': 'tool' },
      {},
      'mcp-client',
      'tools/list',
      '',
    ],
    ['Traceloop, a workflow', 'run', { 'traceloop.span.kind': 'workflow' }, {}, 'workflow', '', ''],
    [
      'an agent',
      'invoke_agent bot',
      { 'gen_ai.operation.name': 'invoke_agent' },
      {},
      'agent',
      '',
      '',
    ],
    ['a model', 'chat gpt', { 'gen_ai.operation.name': 'chat' }, { kind: 3 }, 'llm', '', ''],
    [
      'a tool execution',
      'execute_tool f',
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'f' },
      {},
      'tool',
      '',
      'f',
    ],
    [
      'VS Code',
      'execute_tool mcp_x_f',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'mcp_x_f',
        'github.copilot.tool.parameters.mcp_tool_name': 'f',
      },
      {},
      'tool',
      '',
      'f',
    ],
    ['OpenInference', 'llm', { 'openinference.span.kind': 'LLM' }, {}, 'llm', '', ''],
    [
      'the Vercel AI SDK, a round',
      'ai.generateText.doGenerate',
      { 'ai.operationId': 'ai.generateText.doGenerate' },
      {},
      'llm',
      '',
      '',
    ],
    [
      'the Vercel AI SDK, a run',
      'ai.generateText',
      { 'ai.operationId': 'ai.generateText' },
      {},
      'agent',
      '',
      '',
    ],
    ['a name by the conventions', 'execute_tool f', {}, {}, 'tool', '', 'f'],
    ['an HTTP client', 'GET', { 'http.request.method': 'GET' }, { kind: 3 }, 'internal', '', ''],
    [
      'JSON-RPC that is not MCP',
      'eth_call',
      { 'rpc.system': 'jsonrpc', 'rpc.method': 'eth_call' },
      { kind: 3 },
      'internal',
      '',
      '',
    ],
  ])('%s', (_, name, attributes, given, layer, method, target) => {
    expect(classified(name, attributes, given)).toMatchObject({ layer, method, target });
  });
});

describe('how a call ended', () => {
  const call = { 'mcp.method.name': 'tools/call' };
  it.each([
    [{ ...call }, 0, 'ok'],
    [{ ...call, 'spanpath.outcome': 'payload_error' }, 2, 'payload_error'],
    [{ ...call, 'spanpath.outcome': 'nonsense' }, 0, 'ok'],
    [{ ...call, 'error.type': 'tool_error' }, 2, 'tool_error'],
    [
      { ...call, 'error.type': '-32602', 'rpc.response.status_code': '-32602' },
      2,
      'protocol_error',
    ],
    [{ ...call, 'error.type': 'timeout' }, 2, 'timeout'],
    [{ ...call, 'error.type': 'CancelledError' }, 2, 'cancelled'],
    [{ ...call, 'error.type': 'ValueError' }, 2, 'tool_error'],
    [{ ...call }, 2, 'tool_error'],
  ])('%j with status %i is %s', (attributes, status, outcome) => {
    expect(
      classified('tools/call f', attributes as Record<string, string>, { kind: 2, status }).outcome,
    ).toBe(outcome);
  });

  it('is not said of spans that are no calls', () => {
    expect(classified('GET', {}, { status: 2 }).outcome).toBeNull();
  });
});

describe('what a row says', () => {
  const described = (
    layer: Layer,
    attributes: Attributes,
    more: {
      spanName?: string;
      scope?: string;
      method?: string;
      target?: string;
      exceptionType?: string;
    } = {},
  ) => {
    const { name, detail } = describeRow({
      spanName: 'span',
      scope: '',
      kind: 1,
      method: '',
      target: '',
      outcome: null,
      exceptionType: '',
      layer,
      attributes,
      ...more,
    });
    return [name, detail];
  };
  it.each<[string, string[], string, string]>([
    [
      'a call',
      described(
        'wire',
        { 'gen_ai.tool.call.arguments': '{"city":"Oslo"}' },
        { method: 'tools/call', target: 'get_forecast' },
      ),
      'get_forecast',
      '{ city: "Oslo" }',
    ],
    [
      'a prompt',
      described('wire', {}, { method: 'prompts/get', target: 'review' }),
      'review',
      'prompts/get',
    ],
    ['a method', described('wire', {}, { method: 'tools/list' }), 'tools/list', ''],
    [
      "the SDK's own span",
      described(
        'mcp-server',
        { 'code.file.path': '/w/src/weather.ts', 'code.line.number': 42 },
        { method: 'tools/call', target: 'f' },
      ),
      'server',
      'weather.ts:42',
    ],
    [
      'one of old',
      described(
        'mcp-server',
        { 'code.filepath': 'C:\\w\\weather.py', 'code.lineno': 7 },
        { method: 'tools/call', target: 'f', exceptionType: 'TypeError' },
      ),
      'server',
      'weather.py:7 · TypeError',
    ],
    [
      'the handler itself, as a hook saw it',
      described(
        'internal',
        { 'code.file.path': '/w/src/weather.ts', 'code.line.number': 42 },
        { spanName: 'getForecast', scope: 'spanpath.hook.node', exceptionType: 'TypeError' },
      ),
      'handler',
      'weather.ts:42 · TypeError',
    ],
    [
      'a span of the app with a place',
      described('internal', { 'code.file.path': '/w/a.ts' }, { spanName: 'plan', scope: 'app' }),
      'plan',
      'a.ts',
    ],
    [
      'an HTTP call',
      described('internal', {
        'http.request.method': 'GET',
        'url.full': 'http://h:1/geocode?q=secret',
        'http.response.status_code': 200,
      }),
      'GET /geocode',
      '200',
    ],
    [
      'an old HTTP call',
      described('internal', {
        'http.method': 'POST',
        'http.url': 'https://h/x',
        'http.status_code': 503,
      }),
      'POST /x',
      '503',
    ],
    [
      'a model',
      described('llm', {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4.1',
        'gen_ai.usage.input_tokens': 1204,
        'gen_ai.usage.output_tokens': 86,
      }),
      'chat',
      'gpt-4.1 · 1,204 → 86 tokens',
    ],
    [
      'a model that says what it cost',
      described('llm', {
        'gen_ai.operation.name': 'chat',
        'llm.model_name': 'gpt-4.1',
        'llm.token_count.prompt': 1204,
        'llm.token_count.completion': 86,
        'llm.cost.total': 0.00309,
      }),
      'chat',
      'gpt-4.1 · 1,204 → 86 tokens · $0.0031',
    ],
    [
      'a database call',
      described(
        'internal',
        { 'db.system.name': 'sqlite', 'db.query.text': 'SELECT  1' },
        { spanName: 'SELECT' },
      ),
      'SELECT',
      'sqlite · SELECT 1',
    ],
  ])('%s', (_, said, name, detail) => {
    expect(said).toEqual([name, detail]);
  });

  it.each([
    ['{}', '{}'],
    ['[1,2]', '[ 2 ]'],
    ['not json', 'not json'],
    [
      '{"a":{"b":1},"c":[],"d":null,"e":1.5,"f":true}',
      '{ a: { … }, c: [], d: null, e: 1.5, f: true }',
    ],
    [`{"long":"${'x'.repeat(100)}"}`, `{ long: "${'x'.repeat(39)}…" }`],
    ['{"__proto__":{"x":1}}', '{ __proto__: { … } }'],
  ])('shortens %s', (json, short) => {
    expect(shortArguments(json)).toBe(short);
  });

  it('never gets long, whatever the arguments', () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, key) => [`key${key}`, 'v'.repeat(300)]),
    );
    expect(shortArguments(JSON.stringify(many)).length).toBeLessThan(200);
    expect(shortArguments('😀'.repeat(5_000))).not.toMatch(/[\ud800-\udbff]…/);
  });
});
