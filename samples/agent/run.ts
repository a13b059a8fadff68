// An agent run with a scripted model: workflow, agent, model rounds and tool calls in one trace.
//   npm run agent            the model reads a failed reservation as a success
//   npm run agent -- model   the model's provider refuses the second round
//   npm run agent -- tool    a tool throws
//   npm run agent -- server  the server dies during a call
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { SpanKind } from '@opentelemetry/api';
import { inSpan, startTelemetry, traceContext } from './spans.ts';

type Failure = 'misread' | 'model' | 'tool' | 'server';
type Round = { call: string; arguments: Record<string, unknown> } | { answer: string };

const failure = (process.argv[2] ?? 'misread') as Failure;
const question = 'Can we see Oslo from a balloon on Sunday?';
const rounds: Record<Failure, Round[]> = {
  misread: [
    { call: 'plan_day', arguments: { city: 'oslo' } },
    { call: 'reserve_balloon', arguments: { city: 'oslo', day: 'Sunday' } },
    { answer: 'Yes! Your balloon over Oslo is reserved for Sunday at nine.' },
  ],
  model: [{ call: 'plan_day', arguments: { city: 'oslo' } }, { answer: '' }],
  tool: [
    { call: 'decode_report', arguments: { report: 'ENGM 221200Z 18005KT CAVOK' } },
    { answer: 'I could not read the airport’s report.' },
  ],
  server: [
    { call: 'download_history', arguments: { city: 'oslo', years: 5 } },
    { answer: 'The weather service does not answer.' },
  ],
};

const telemetry = startTelemetry();
// Terminals of an editor with Spanpath say where its shim is, which traces the wire to the server.
const shim = process.env.SPANPATH_SHIM;
const wrap = shim ? [shim, '--name', 'weather', '--', process.execPath] : [];
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [...wrap, '--import', 'tsx', 'weather/server.ts'],
  env: { ...process.env, OTEL_SERVICE_NAME: 'weather' } as Record<string, string>,
  stderr: 'ignore',
});
const client = new Client({ name: 'trip-agent', version: '1.0.0' });

try {
  await client.connect(transport);
  const workflow = {
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': 'day trip',
  };
  const answer = await inSpan('invoke_workflow day trip', workflow, () => runAgent());
  console.log(`${question}\n→ ${answer}`);
} catch (error) {
  console.log(`${question}\n→ failed: ${(error as Error).message}`);
} finally {
  await client.close().catch(() => {});
  await telemetry.shutdown().catch(() => {});
}

function runAgent(): Promise<string> {
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' };
  return inSpan('invoke_agent planner', agent, async () => {
    for (const [index, round] of rounds[failure].entries()) {
      await askModel(index, round);
      if ('answer' in round) return round.answer;
      await callTool(round.call, round.arguments);
    }
    return '';
  });
}

/** One round of a model that always says the same. */
function askModel(index: number, round: Round): Promise<void> {
  const model = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4.1-mini',
  };
  return inSpan(
    'chat gpt-4.1-mini',
    model,
    async (add) => {
      await sleep(180 + index * 60);
      if (failure === 'model' && index === 1) {
        throw Object.assign(new Error('429: rate limit reached'), { name: 'RateLimitError' });
      }
      add({
        'gen_ai.response.model': 'gpt-4.1-mini',
        'gen_ai.response.finish_reasons': ['call' in round ? 'tool_calls' : 'stop'],
        'gen_ai.usage.input_tokens': 412 + index * 230,
        'gen_ai.usage.output_tokens': 38 + index * 17,
      });
    },
    SpanKind.CLIENT,
  );
}

async function callTool(name: string, given: Record<string, unknown>): Promise<void> {
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name };
  const mcp = { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': name };
  await inSpan(`execute_tool ${name}`, tool, () =>
    inSpan(
      `tools/call ${name}`,
      mcp,
      async () => {
        if (failure === 'server') setTimeout(() => transport.close(), 700);
        await client.callTool({ name, arguments: given, _meta: traceContext() });
      },
      SpanKind.CLIENT,
    ),
  );
}
