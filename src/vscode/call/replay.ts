import type { SpanDetails } from '../../core/protocol.js';
import type { ServerOffer } from '../servers/server.js';
import type { Callable } from './callSubject.js';

/** A recorded call, ready to be sent again. */
export interface Recorded {
  readonly server: string;
  readonly kind: Callable['kind'];
  /** Tool or prompt name, resource URI. */
  readonly name: string;
  readonly argumentsText: string;
  /** Null when it can be sent as it is; else why the user should look at it first. */
  readonly caution: string | null;
}

const kinds: Readonly<Record<string, Callable['kind']>> = {
  'tools/call': 'tool',
  'prompts/get': 'prompt',
  'resources/read': 'resource',
};
/** What the shim writes in place of a hidden value. */
const hiddenMark = '[redacted]';

/** @throws with what to say when a span is no call that can be sent again. */
export function readRecorded(details: SpanDetails): Recorded {
  const { attributes, row, argumentsText } = details;
  const method = String(attributes['mcp.method.name'] ?? '');
  const kind = Object.hasOwn(kinds, method) ? kinds[method] : undefined;
  if (!kind) throw new Error('Only calls of tools, prompts and resources can be replayed.');
  const name = String(
    attributes[
      { tool: 'gen_ai.tool.name', prompt: 'gen_ai.prompt.name', resource: 'mcp.resource.uri' }[kind]
    ] ?? row.name,
  );
  const server = String(attributes['spanpath.server.name'] ?? row.server);
  const text = argumentsText ?? '{}';
  return { server, kind, name, argumentsText: text, caution: cautionOf(details, text) };
}

function cautionOf({ argumentsText, wire }: SpanDetails, text: string): string | null {
  if (text.includes(hiddenMark)) {
    return 'Some values were hidden when this call was recorded. Put them in, then call.';
  }
  try {
    JSON.parse(text);
  } catch {
    return 'The arguments were cut when this call was recorded. Complete them, then call.';
  }
  const request = wire.find(({ direction }) => direction === 'client-to-server');
  if (argumentsText === null && request?.truncated) {
    return 'The arguments of this call were not recorded. Put them in, then call.';
  }
  return null;
}

/** What the running server offers under the recorded name; a tool that is gone may still answer. */
export function findCallable(offer: ServerOffer, { kind, name }: Recorded): Callable {
  switch (kind) {
    case 'tool':
      return { kind, tool: offer.tools.find((tool) => tool.name === name) ?? { name } };
    case 'prompt':
      return { kind, prompt: offer.prompts.find((prompt) => prompt.name === name) ?? { name } };
    case 'resource': {
      const known = offer.resources.find(({ uri }) => uri === name);
      return { kind, resource: known ?? { name, uri: name } };
    }
  }
}
