import { encodeText } from './text.js';

/** The attributes that the index needs of every span; all others are read only for details. */
export const factKeys = [
  'mcp.method.name',
  'mcp.method',
  'rpc.method',
  'rpc.system',
  'gen_ai.tool.name',
  'gen_ai.prompt.name',
  'mcp.resource.uri',
  'mcp.tool.name',
  'gen_ai.operation.name',
  'error.type',
  'spanpath.outcome',
  'rpc.response.status_code',
  'traceloop.span.kind',
  'traceloop.entity.name',
  'openinference.span.kind',
  'ai.operationId',
  'spring.ai.kind',
  'http.request.method',
  'http.method',
  'db.system.name',
  'db.system',
  'github.copilot.tool.parameters.mcp_tool_name',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'llm.token_count.prompt',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
  'llm.token_count.completion',
  // US dollars of one LLM round, as its instrumentation reckoned them: OpenLIT's name, which
  // Langfuse reads too; OpenInference's semantic conventions; Logfire's and Pydantic AI's.
  'gen_ai.usage.cost',
  'llm.cost.total',
  'operation.cost',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'input.value',
  'output.value',
] as const;
export type FactKey = (typeof factKeys)[number];

/** Place of a key in `factKeys`. */
export function factIndex(key: FactKey): number {
  return factKeys.indexOf(key);
}

const tableSize = 1024;
const spelled = factKeys.map((key) => encodeText(key));
const table: number[][] = Array.from({ length: tableSize }, () => []);
for (const [index, bytes] of spelled.entries()) table[hashOf(bytes, 0, bytes.length)]!.push(index);
const longest = Math.max(...spelled.map((bytes) => bytes.length));
const shortest = Math.min(...spelled.map((bytes) => bytes.length));

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  return (
    (length * 31 + bytes[to - 1]! * 7 + bytes[to - 3]! * 13 + bytes[from + (length >> 1)]! * 3) &
    (tableSize - 1)
  );
}

/** Index of the key spelled by a range, or -1. */
export function findFactKey(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < shortest || length > longest) return -1;
  const candidates = table[hashOf(bytes, from, to)]!;
  next: for (let index = 0; index < candidates.length; index++) {
    const key = spelled[candidates[index]!]!;
    if (key.length !== length) continue;
    for (let at = 0; at < length; at++) if (key[at] !== bytes[from + at]) continue next;
    return candidates[index]!;
  }
  return -1;
}
