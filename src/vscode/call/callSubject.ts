import type { CallSubject } from '../../core/protocol.js';
import type {
  CompletionRef,
  JsonObject,
  PromptInfo,
  ResourceInfo,
  ToolInfo,
} from '../servers/connection.js';
import type { ServerOffer } from '../servers/server.js';

/** What can be called: a tool, a prompt or a resource of a server. */
export type Callable =
  | { readonly kind: 'tool'; readonly tool: ToolInfo }
  | { readonly kind: 'prompt'; readonly prompt: PromptInfo }
  | { readonly kind: 'resource'; readonly resource: ResourceInfo };

type Subject = Omit<CallSubject, 'lastArguments'>;

export function createSubject(serverId: string, server: string, callable: Callable): Subject {
  const { kind } = callable;
  const made = (name: string, title: string, description: string, schema: JsonObject): Subject => ({
    ...{ server, kind, name, title, description, schema },
    id: `${serverId}/${kind}/${name}`,
  });
  if (callable.kind === 'tool') {
    const { name, title, annotations, description, inputSchema } = callable.tool;
    return made(name, title ?? annotations?.title ?? name, description ?? '', inputSchema ?? {});
  }
  if (callable.kind === 'prompt') {
    const { name, title, description } = callable.prompt;
    return made(name, title ?? name, description ?? '', promptSchema(callable.prompt));
  }
  const { name, title, description, uri, uriTemplate } = callable.resource;
  const address = uri ?? uriTemplate ?? name;
  return made(address, title ?? name, description ?? '', templateSchema(uri ? '' : address));
}

/** The same as a server offers it now; undefined when it no longer does. */
export function offered(offer: ServerOffer, before: Callable): Callable | undefined {
  switch (before.kind) {
    case 'tool': {
      const tool = offer.tools.find(({ name }) => name === before.tool.name);
      return tool && { kind: 'tool', tool };
    }
    case 'prompt': {
      const prompt = offer.prompts.find(({ name }) => name === before.prompt.name);
      return prompt && { kind: 'prompt', prompt };
    }
    case 'resource': {
      const { uri, uriTemplate } = before.resource;
      const resource = offer.resources.find(
        (one) => one.uri === uri && one.uriTemplate === uriTemplate,
      );
      return resource && { kind: 'resource', resource };
    }
  }
}

/** Null for what has no arguments that a server could propose values for. */
export function completionRef(callable: Callable): CompletionRef | null {
  if (callable.kind === 'prompt') return { type: 'ref/prompt', name: callable.prompt.name };
  if (callable.kind === 'tool' || !callable.resource.uriTemplate) return null;
  return { type: 'ref/resource', uri: callable.resource.uriTemplate };
}

/** Arguments of prompts are text. */
function promptSchema(prompt: PromptInfo): JsonObject {
  const fields = prompt.arguments ?? [];
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(({ name, description }) => [name, { type: 'string', description }]),
    ),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
  };
}

const expression = /\{([+#./;?&]?)([^{}]*)\}/g;

function variablesOf(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.replace(/(\*|:\d+)$/, '').trim())
    .filter((name) => name !== '');
}

function templateSchema(template: string): JsonObject {
  const required: string[] = [];
  const properties: Record<string, JsonObject> = {};
  for (const [, operator = '', list = ''] of template.matchAll(expression)) {
    for (const name of variablesOf(list)) {
      properties[name] = { type: 'string' };
      if (operator !== '?' && operator !== '&') required.push(name);
    }
  }
  return { type: 'object', properties, required };
}

/** Fills a URI template (RFC 6570 but for lists and maps, which a form of texts cannot give). */
export function expandTemplate(template: string, values: JsonObject): string {
  return template.replace(expression, (_, operator: string, list: string) => {
    const given = variablesOf(list).flatMap((name) => {
      const value = values[name];
      return value === undefined || value === null ? [] : [[name, String(value)] as const];
    });
    if (given.length === 0) return '';
    const raw = operator === '+' || operator === '#';
    const encode = raw ? encodeURI : encodeURIComponent;
    const named = operator === ';' || operator === '?' || operator === '&';
    const separator =
      operator === '?' || operator === '&' ? '&' : raw || !operator ? ',' : operator;
    const first = operator === '+' ? '' : operator;
    const words = given.map(([name, value]) =>
      named ? `${name}=${encode(value)}` : encode(value),
    );
    return first + words.join(separator);
  });
}
