/** What a request is called in a trace, by method (OpenTelemetry MCP conventions). */
import type { AttributeValue } from '../trace/model.js';
import { attr } from './conventions.js';
import { hidden } from './redaction.js';

type Json = unknown;

/** The member `key` of `value` when it is a string. */
export function stringMember(value: Json, key: string): string | null {
  const member = memberOf(value, key);
  return typeof member === 'string' ? member : null;
}

/** The own member `key` of an object, or undefined. */
export function memberOf(value: Json, key: string): Json {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, Json>)[key]
    : undefined;
}

/** `{method} {target}`; the target is the tool or prompt, where there is one. */
export function spanName(method: string, params: Json): string {
  const target =
    method === 'tools/call' || method === 'prompts/get' ? stringMember(params, 'name') : null;
  return target === null ? method : `${method} ${target}`;
}

/** Attributes that the request alone decides; `keep` hides what is secret in a URI. */
export function requestAttributes(
  method: string,
  id: string,
  params: Json,
  keep: (uri: string) => string | null,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {
    [attr.mcpMethod]: method,
    [attr.jsonrpcRequestId]: id,
  };
  const name = stringMember(params, 'name');
  const uri = stringMember(params, 'uri');
  if (method === 'tools/call') {
    attributes[attr.operationName] = 'execute_tool';
    if (name !== null) attributes[attr.toolName] = name;
  } else if (method === 'prompts/get' && name !== null) attributes[attr.promptName] = name;
  else if (method.startsWith('resources/') && uri !== null) {
    attributes[attr.mcpResourceUri] = keep(uri) ?? hidden;
  }
  return attributes;
}
