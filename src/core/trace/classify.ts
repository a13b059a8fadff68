import { scopes } from '../mcp/conventions.js';
import { type FactKey, factKeys } from '../otlp/factKeys.js';
import type { Layer, Outcome } from './model.js';
import { outcomes } from './model.js';

/** What classification reads of a span; '' where an attribute is absent. */
export interface SpanFacts {
  readonly name: string;
  readonly scope: string;
  readonly kind: number;
  readonly status: number;
  fact(key: FactKey): string;
}

/** What a span is in Spanpath's terms. */
export interface Classified {
  readonly layer: Layer;
  /** MCP method, or '' when the span is not MCP. */
  readonly method: string;
  /** Tool, prompt or resource, or ''. */
  readonly target: string;
  /** On MCP rows and tool executions; null elsewhere. */
  readonly outcome: Outcome | null;
}

const operations: Readonly<Record<string, Layer>> = {
  invoke_workflow: 'workflow',
  plan: 'workflow',
  invoke_agent: 'agent',
  create_agent: 'agent',
  chat: 'llm',
  generate_content: 'llm',
  text_completion: 'llm',
  embeddings: 'llm',
  execute_tool: 'tool',
};
const traceloopKinds: Readonly<Record<string, Layer>> = {
  workflow: 'workflow',
  task: 'internal',
  agent: 'agent',
  tool: 'tool',
};
const openInferenceKinds: Readonly<Record<string, Layer>> = {
  CHAIN: 'workflow',
  AGENT: 'agent',
  LLM: 'llm',
  EMBEDDING: 'llm',
  TOOL: 'tool',
  RETRIEVER: 'internal',
  RERANKER: 'internal',
  GUARDRAIL: 'internal',
  EVALUATOR: 'internal',
};
const springKinds: Readonly<Record<string, Layer>> = {
  chat_client: 'agent',
  advisor: 'workflow',
  tool_call: 'tool',
  vector_store: 'internal',
};
const methodPattern =
  /^(?:initialize|ping|server\/discover|subscriptions\/listen|(?:tools|prompts|resources|completion|sampling|elicitation|roots|logging|notifications|tasks)\/[\w/]+)$/;

/**
 * The first rule that fits decides, in the order of the conventions: MCP, Traceloop, GenAI,
 * OpenInference, Vercel AI SDK, Spring AI, then the name.
 */
export function classify(span: SpanFacts): Classified {
  const method = mcpMethod(span);
  if (method !== null) {
    const target = mcpTarget(span, method);
    return { layer: mcpLayer(span), method, target, outcome: outcomeOf(span) };
  }
  const layer = otherLayer(span);
  const target = layer === 'tool' ? toolName(span) : '';
  return { layer, method: '', target, outcome: layer === 'tool' ? outcomeOf(span) : null };
}

/** The MCP method, '' when only its being MCP is known, null when it is not MCP at all. */
function mcpMethod(span: SpanFacts): string | null {
  const said = span.fact('mcp.method.name') || span.fact('mcp.method');
  if (said) return said;
  const rpc = span.fact('rpc.method');
  if (rpc && span.fact('rpc.system') === 'jsonrpc' && methodPattern.test(rpc)) return rpc;
  const { name } = span;
  // Logfire, OpenLLMetry and mcp-go spell the method in the name.
  const logfire = /^MCP (?:request|server handle request): (\S+)/.exec(name)?.[1];
  if (logfire) return logfire;
  if (span.scope.includes('mcp') || span.fact('traceloop.span.kind')) {
    const traceloop = /^(.+)\.mcp$/.exec(name)?.[1];
    if (traceloop && methodPattern.test(traceloop)) return traceloop;
    if (name === 'mcp.server' || name === 'mcp.client.session') return '';
    const dotted = /^mcp\.(\w+(?:\/\w+)*)$/.exec(name)?.[1];
    if (dotted && methodPattern.test(dotted)) return dotted;
  }
  return null;
}

function mcpTarget(span: SpanFacts, method: string): string {
  const said =
    span.fact('gen_ai.tool.name') ||
    span.fact('mcp.tool.name') ||
    span.fact('gen_ai.prompt.name') ||
    span.fact('mcp.resource.uri') ||
    span.fact('traceloop.entity.name');
  if (said) return said;
  const after = method ? span.name.indexOf(`${method} `) : -1;
  return after >= 0 ? span.name.slice(after + method.length + 1) : '';
}

function mcpLayer(span: SpanFacts): Layer {
  if (span.scope === scopes.shim) return 'wire';
  if (span.scope === scopes.client) return 'mcp-client';
  if (span.kind === 2) return 'mcp-server';
  if (span.kind === 3) return 'mcp-client';
  return /server|handle/i.test(span.name) ? 'mcp-server' : 'mcp-client';
}

function otherLayer(span: SpanFacts): Layer {
  const traceloop = traceloopKinds[span.fact('traceloop.span.kind')];
  if (traceloop) return traceloop;
  const operation = operations[span.fact('gen_ai.operation.name')];
  if (operation) return operation;
  const openInference = openInferenceKinds[span.fact('openinference.span.kind').toUpperCase()];
  if (openInference) return openInference;
  const vercel = span.fact('ai.operationId');
  if (vercel) {
    if (vercel === 'ai.toolCall') return 'tool';
    return /\.do(?:Generate|Stream|Embed)$/.test(vercel) ? 'llm' : 'agent';
  }
  const spring = springKinds[span.fact('spring.ai.kind')];
  if (spring) return spring;
  if (span.fact('http.request.method') || span.fact('http.method')) return 'internal';
  const word = /^(invoke_agent|execute_tool|invoke_workflow|chat) \S/.exec(span.name)?.[1];
  return (word && operations[word]) || 'internal';
}

function toolName(span: SpanFacts): string {
  return (
    span.fact('github.copilot.tool.parameters.mcp_tool_name') ||
    span.fact('gen_ai.tool.name') ||
    span.fact('traceloop.entity.name') ||
    (/^(?:execute_tool|tool)[ .](.+)$/.exec(span.name)?.[1] ?? '')
  );
}

function outcomeOf(span: SpanFacts): Outcome {
  const said = span.fact('spanpath.outcome') as Outcome;
  if (outcomes.includes(said)) return said;
  const error = span.fact('error.type');
  if (error) {
    if (error === 'tool_error' || error === 'timeout' || error === 'cancelled') return error;
    if (/Cancel|Abort/i.test(error)) return 'cancelled';
    if (/Timeout/i.test(error)) return 'timeout';
  }
  const code = span.fact('rpc.response.status_code');
  if (code && code !== '0' && code !== 'OK') return 'protocol_error';
  if (error || span.status === 2) return /^-?\d+$/.test(error) ? 'protocol_error' : 'tool_error';
  return 'ok';
}

/** Indexes in `factKeys` whose presence makes a span worth a look by `classify`. */
export const tellingFacts: readonly number[] = factKeys.flatMap((key, index) =>
  /^(?:mcp\.method|rpc\.method|gen_ai\.operation|traceloop|openinference|ai\.|spring|spanpath\.outcome)/.test(
    key,
  )
    ? [index]
    : [],
);
