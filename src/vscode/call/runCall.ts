import type { CallResult } from '../../core/protocol.js';
import type { CallOptions, Connection, JsonObject } from '../servers/connection.js';
import { type Callable, expandTemplate } from './callSubject.js';

/** Sends one call and waits for its end; never throws. */
export async function runCall(
  connection: Connection,
  callable: Callable,
  args: JsonObject,
  options: CallOptions,
): Promise<CallResult> {
  const since = performance.now();
  const ended = (rest: Pick<CallResult, 'result' | 'error'>): CallResult => ({
    ...rest,
    cancelled: options.signal?.aborted ?? false,
    milliseconds: performance.now() - since,
  });
  try {
    return ended({ result: await send(connection, callable, args, options), error: null });
  } catch (error) {
    return ended({ result: null, error: describeError(error) });
  }
}

function send(
  connection: Connection,
  callable: Callable,
  args: JsonObject,
  options: CallOptions,
): Promise<JsonObject> {
  switch (callable.kind) {
    case 'tool':
      return connection.callTool(callable.tool.name, args, options);
    case 'prompt':
      return connection.getPrompt(callable.prompt.name, args, options);
    case 'resource': {
      const { uri, uriTemplate, name } = callable.resource;
      return connection.readResource(uri ?? expandTemplate(uriTemplate ?? name, args), options);
    }
  }
}

/** The SDK puts the code into the message as well; once is enough. */
export function describeError(error: unknown): NonNullable<CallResult['error']> {
  const message = error instanceof Error ? error.message : String(error);
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number'
      ? error.code
      : null;
  return { code, message: message.replace(/^MCP error -?\d+: /, '') };
}
