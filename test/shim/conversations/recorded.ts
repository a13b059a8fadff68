/** The recorded conversations of test/fixtures, and what is to be seen in each of them. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

const folder = resolve('test/fixtures/conversations');

export interface Entry {
  /** Since the start of the recording. */
  readonly ms: number;
  readonly from: 'client' | 'server';
  /** As it was on the wire, without its line feed. */
  readonly line: string;
}

export interface Recorded {
  /** `REVISION/NAME`. */
  readonly name: string;
  readonly file: string;
  readonly about: {
    readonly revision: string;
    readonly client: string;
    readonly server: string;
    readonly recorded: boolean;
    /** Of one that was written by hand. */
    readonly why?: string;
  };
  readonly entries: readonly Entry[];
}

export function readRecorded(): readonly Recorded[] {
  return globSync('*/*.jsonl', { cwd: folder })
    .sort()
    .map((path) => {
      const file = join(folder, path);
      const [about, ...entries] = readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      return { name: path.replace(sep, '/').replace('.jsonl', ''), file, about, entries };
    });
}

/** What both a span of the follower and one that a collector got have. */
export interface Told {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
}

/** One call in words. */
export function inWords({ name, attributes, events }: Told): string {
  const progress = events.filter((event) =>
    String(event.attributes['spanpath.message.body']).includes('notifications/progress'),
  ).length;
  const waited = events.some((event) => event.name === 'spanpath.input_required');
  return [
    `${attributes['spanpath.direction'] ? 'the server asks ' : ''}${name}: ${attributes['spanpath.outcome']}`,
    ...(progress > 0 ? [`progress ${progress} times`] : []),
    ...(waited ? [`waited for input, ${attributes['spanpath.attempts']} attempts`] : []),
    ...(attributes['spanpath.task.id'] === undefined ? [] : ['task']),
  ].join('; ');
}

/** The calls of each conversation in the order in which they end. */
export const expected: Readonly<Record<string, readonly string[]>> = {
  '2024-11-05/calls': [
    'initialize: ok',
    'tools/list: ok',
    'tools/call add: ok',
    'tools/call fail: tool_error',
    'tools/call refuse: protocol_error',
    'tools/call lie: payload_error',
    'tools/call steps: ok; progress 2 times',
    'tools/call hang: cancelled',
    'tools/call echo: ok',
    'tools/call echo: ok',
    'tools/call echo: ok',
    'ping: ok',
  ],
  '2024-11-05/sampling': [
    'initialize: ok',
    'the server asks sampling/createMessage: ok',
    'tools/call ask: ok',
    'the server asks roots/list: ok',
    'tools/call roots: ok',
  ],
  '2025-03-26/batch': [
    'initialize: ok',
    'tools/call fail: tool_error',
    'tools/call add: ok',
    'tools/call nothing: protocol_error',
  ],
  '2025-03-26/python': [
    'initialize: ok',
    'tools/list: ok',
    'tools/call add: ok',
    'tools/call fail: tool_error',
    'tools/call walk: ok; progress 2 times',
    'tools/call nothing: tool_error',
  ],
  '2025-06-18/everything': [
    'initialize: ok',
    'prompts/list: ok',
    'tools/call get-structured-content: ok',
    'tools/call get-resource-links: ok',
    'the server asks elicitation/create: ok',
    'tools/call trigger-elicitation-request: ok',
    'the server asks sampling/createMessage: ok',
    'tools/call trigger-sampling-request: ok',
    'resources/read: ok',
    'completion/complete: ok',
  ],
  '2025-11-25/probe': ['server/discover: ok', 'initialize: ok', 'tools/call add: ok'],
  '2025-11-25/tasks': [
    'initialize: ok',
    'tools/list: ok',
    'tools/call simulate-research-query: ok; task',
    'tasks/get: ok; task',
    'tasks/get: ok; task',
    'tasks/get: ok; task',
    'tasks/get: ok; task',
    'tasks/get: ok; task',
    'tasks/result: ok; task',
    'tasks/list: ok',
  ],
  '2026-07-28/calls': [
    'server/discover: ok',
    'tools/list: ok',
    'tools/call add: ok',
    'tools/call fail: tool_error',
    'tools/call nothing: protocol_error',
    'tools/call steps: ok; progress 2 times',
    'tools/call hang: cancelled',
  ],
  '2026-07-28/input': [
    'server/discover: ok',
    'tools/call deploy: ok; waited for input, 2 attempts',
  ],
  '2026-07-28/tasks': [
    'tools/call bake: ok; task',
    'tasks/get: ok; task',
    'tasks/cancel: protocol_error; task',
    'subscriptions/listen: ok',
  ],
};
