import { layers, outcomes } from './model.js';

/** What the language knows, for completion and for telling what is wrong. */
export interface QueryKey {
  readonly key: string;
  readonly meaning: string;
  /** All values there are, when they are few and fixed. */
  readonly values?: readonly string[];
  readonly example: string;
}

export const statuses = ['ok', 'error', 'unset', 'running'] as const;
export const spanKinds = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const;

export const queryKeys: readonly QueryKey[] = [
  { key: 'tool', meaning: 'name of the tool', example: 'tool:search' },
  {
    key: 'server',
    meaning: 'configured name of the server, or service',
    example: 'server:weather',
  },
  { key: 'status', meaning: 'how it stands', values: statuses, example: 'status:error' },
  { key: 'outcome', meaning: 'how a call ended', values: outcomes, example: 'outcome:timeout' },
  { key: 'layer', meaning: 'who speaks in the span', values: layers, example: 'layer:llm' },
  { key: 'method', meaning: 'MCP method', example: '-method:initialize' },
  { key: 'prompt', meaning: 'name of the prompt', example: 'prompt:review' },
  { key: 'resource', meaning: 'URI of the resource', example: 'resource:file://*' },
  { key: 'name', meaning: 'name of the row or its span', example: 'name:GET*' },
  { key: 'dur', meaning: 'duration in ns, µs, ms, s, m or h', example: 'dur>200ms' },
  { key: 'kind', meaning: 'span kind', values: spanKinds, example: 'kind:client' },
  { key: 'scope', meaning: 'instrumentation scope', example: 'scope:mcp-python-sdk' },
  { key: 'trace', meaning: 'trace id', example: 'trace:4bf92f35…' },
  { key: 'span', meaning: 'span id', example: 'span:00f067aa…' },
  {
    key: 'is',
    meaning: 'a call, a root row, running, in error',
    values: ['call', 'root', 'running', 'error'],
    example: 'is:call',
  },
  { key: 'has', meaning: 'arguments or a result', values: ['content'], example: 'has:content' },
  { key: 'after', meaning: 'started at or after a time', example: 'after:2026-03-01T12:00Z' },
  { key: 'before', meaning: 'started before a time', example: 'before:2026-03-01T13:00Z' },
  { key: 'attr.', meaning: 'any attribute by its key', example: 'attr.http.route=/users' },
];
