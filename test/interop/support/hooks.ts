import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { OtlpSink, SeenSpan } from './otlpSink.js';
import { type ServerCommand, StdioClient } from './stdioClient.js';

export const distDir = resolve(
  process.env.SPANPATH_DIST ?? join(import.meta.dirname, '../../../dist'),
);

/** A parent that the shim would have put on the wire. */
export const parent = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
} as const;

/** The environment that the shim gives a server, as src/shim/hooks.ts does. */
export function hookEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, PYTHONPATH, VITEST, ...own } = process.env;
  return {
    ...own,
    NODE_OPTIONS: `--require "${join(distDir, 'hooks/node/preload.cjs')}"`,
    PYTHONPATH: join(distDir, 'hooks/python'),
    SPANPATH_HOOK_NODE_OPTIONS: '',
    SPANPATH_HOOK_PYTHONPATH: '',
    SPANPATH_HOOK_ENDPOINT: endpoint,
    SPANPATH_HOOK_SERVER: 'interop',
  };
}

export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, PYTHONPATH, VITEST, ...own } = process.env;
  return own;
}

/** Starts a server, runs some calls, ends it and returns what it wrote and its exit code. */
export async function withServer<T>(
  command: ServerCommand,
  use: (client: StdioClient) => Promise<T>,
): Promise<{ value: T; exitCode: number | null; stdout: string; stderr: string }> {
  const client = new StdioClient(command);
  try {
    await client.initialize();
    const value = await use(client);
    const exitCode = await client.end();
    return { value, exitCode, stdout: client.stdout, stderr: client.stderr };
  } finally {
    client.kill();
  }
}

/** Line, from 1, of the only line of a file that contains a text. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.flatMap((line, at) => (line.includes(text) ? [at + 1] : []));
  if (found.length !== 1) throw new Error(`${text} stands on ${found.length} lines of ${file}`);
  return found[0] as number;
}

/** The spans of one call as indented lines: `kind name → outcome`, children in order of time. */
export function drawTree(sink: OtlpSink, rootParent: string): string[] {
  const draw = (parentId: string, depth: number): string[] =>
    sink.spans
      .filter((span) => span.parentSpanId === parentId)
      .sort((a, b) => a.startMs - b.startMs)
      .flatMap((span) => [
        `${'  '.repeat(depth)}${describe(span)}`,
        ...draw(span.spanId, depth + 1),
      ]);
  return draw(rootParent, 0);
}

function describe(span: SeenSpan): string {
  const kind = ['', 'internal', 'server', 'client'][span.kind] ?? '';
  const failed =
    span.status === 2 ? ` failed ${span.attributes['error.type'] ?? ''}`.trimEnd() : '';
  return `${kind} ${span.name}${failed}`;
}
