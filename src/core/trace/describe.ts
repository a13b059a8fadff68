import { attr, legacyAttr, scopes } from '../mcp/conventions.js';
import { formatCost } from '../view/durations.js';
import type { Attributes, Layer, Outcome } from './model.js';

/** What a row says: its name, and in grey what belongs to it. */
export interface RowText {
  readonly name: string;
  readonly detail: string;
}

const maxDetail = 120;
const hooks: ReadonlySet<string> = new Set([scopes.nodeHook, scopes.pythonHook]);

/** What is read of a span to describe it; a running call has only its attributes. */
export interface Described {
  readonly spanName: string;
  /** Name of the instrumentation scope. */
  readonly scope: string;
  readonly kind: number;
  readonly layer: Layer;
  readonly method: string;
  readonly target: string;
  readonly attributes: Attributes;
  readonly outcome: Outcome | null;
  readonly exceptionType: string;
}

export function describeRow(span: Described): RowText {
  const { layer, attributes } = span;
  switch (layer) {
    case 'mcp-server':
      return {
        name: span.target ? 'server' : span.method || span.spanName,
        detail: joinDetails(placeOf(attributes), span.exceptionType),
      };
    case 'mcp-client':
    case 'wire':
    case 'tool':
      return describeCall(span);
    case 'llm':
      return describeLlm(span);
    case 'agent':
    case 'workflow':
      return {
        name:
          textOf(attributes, 'gen_ai.agent.name', 'gen_ai.workflow.name') ||
          textOf(attributes, 'traceloop.entity.name') ||
          span.spanName,
        detail: shortText(textOf(attributes, 'input.value', 'traceloop.entity.input')),
      };
    case 'internal':
      return describeInternal(span);
  }
}

function describeCall(span: Described): RowText {
  const { attributes, method } = span;
  const given =
    textOf(attributes, attr.toolArguments, 'mcp.tool.arguments') ||
    textOf(attributes, 'traceloop.entity.input', 'input.value');
  const detail = shortArguments(given);
  const name = span.target || method || span.spanName;
  // A prompt or resource of the same name as a tool is told apart by its method.
  const isTool = span.layer === 'tool' || method === '' || method.startsWith('tools/call');
  return { name, detail: isTool || name === method ? detail : joinDetails(method, detail) };
}

function describeLlm(span: Described): RowText {
  const { attributes, spanName } = span;
  const operation = textOf(attributes, attr.operationName) || spanName.split(' ')[0] || spanName;
  const model = textOf(
    attributes,
    'gen_ai.response.model',
    'gen_ai.request.model',
    'llm.model_name',
  );
  const input = numberOf(
    attributes,
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
  );
  const output = numberOf(
    attributes,
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
  );
  const tokens =
    input === null && output === null
      ? ''
      : `${(input ?? 0).toLocaleString('en')} → ${(output ?? 0).toLocaleString('en')} tokens`;
  const cost = costOf(attributes);
  return {
    name: operation,
    detail: joinDetails(model, tokens, cost === null ? '' : formatCost(cost)),
  };
}

function describeInternal(span: Described): RowText {
  const { attributes } = span;
  const httpMethod = textOf(attributes, 'http.request.method', 'http.method');
  if (httpMethod) {
    const code = numberOf(attributes, 'http.response.status_code', 'http.status_code');
    return {
      name: `${httpMethod} ${httpPath(attributes)}`.trim(),
      detail: joinDetails(code === null ? '' : String(code), span.exceptionType),
    };
  }
  const system = textOf(attributes, 'db.system.name', 'db.system');
  if (system) {
    const query = textOf(attributes, 'db.query.text', 'db.statement', 'db.query.summary');
    return { name: span.spanName, detail: joinDetails(system, shortText(query)) };
  }
  const place = placeOf(attributes);
  // The hooks put a place on nothing but the handler itself.
  const isHandler = place !== '' && hooks.has(span.scope);
  return {
    name: isHandler ? 'handler' : span.spanName,
    detail: joinDetails(place, span.exceptionType),
  };
}

function httpPath(attributes: Attributes): string {
  const route = textOf(attributes, 'http.route', 'url.path', 'http.target');
  if (route) return route;
  const full = textOf(attributes, 'url.full', 'http.url');
  // The path alone: hosts repeat, and a query may hold secrets.
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(full)?.[1] || full;
}

/** `weather.ts:42` from `code.*`, in the new or the old spelling. */
export function placeOf(attributes: Attributes): string {
  const path = textOf(attributes, attr.codeFilePath, legacyAttr.codeFilePath);
  if (!path) return '';
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const line = numberOf(attributes, attr.codeLine, legacyAttr.codeLine);
  return line === null ? file : `${file}:${line}`;
}

/** `{ city: "Oslo", days: 3 }`, cut with `…` where it gets long. */
export function shortArguments(json: string): string {
  if (!json) return '';
  let value: unknown;
  try {
    value = JSON.parse(json.length > 20_000 ? '' : json);
  } catch {
    return shortText(json);
  }
  if (typeof value !== 'object' || value === null) return shortText(json);
  if (Array.isArray(value)) return `[ ${value.length} ]`;
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  let text = '';
  for (const [key, content] of entries) {
    const next = `${text ? ', ' : ''}${key}: ${shortValue(content)}`;
    if (text && text.length + next.length > maxDetail - 6) return `{ ${text}, … }`;
    text += next;
  }
  return `{ ${text} }`;
}

function shortValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, 40));
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.length} ]`;
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).length === 0 ? '{}' : '{ … }';
  }
  return String(value);
}

function shortText(text: string): string {
  return cut(text.replace(/\s+/g, ' ').trim(), maxDetail);
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // Never between the halves of a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text[length - 2] ?? '') ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}

function joinDetails(...details: string[]): string {
  return details.filter((detail) => detail !== '').join(' · ');
}

/** US dollars, under the names that `factKeys` explains. */
function costOf(attributes: Attributes): number | null {
  for (const key of ['gen_ai.usage.cost', 'llm.cost.total', 'operation.cost']) {
    const value = attributes[key];
    if (typeof value === 'number' && value >= 0) return value;
  }
  return null;
}

function textOf(attributes: Attributes, ...keys: string[]): string {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  }
  return '';
}

function numberOf(attributes: Attributes, ...keys: string[]): number | null {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  }
  return null;
}
