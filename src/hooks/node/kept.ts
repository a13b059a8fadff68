/** How much of what a server says leaves it: by the rules that the shim has for the wire. */
import { type ContentLevel, ContentPolicy } from '../../core/mcp/content.js';
import { attr } from '../../core/mcp/conventions.js';
import { hidden, isSecretKey, parseRedaction } from '../../core/mcp/redaction.js';
import type { AttributeValue } from '../../core/trace/model.js';
import { withinTime } from './withinTime.js';

const harmless = new Set<string>([
  ...[attr.toolName, attr.promptName, attr.operationName, attr.errorType, attr.exceptionType],
  ...[attr.serviceName, attr.logIostream, attr.serverAddress, attr.processPid],
  ...['http.request.method', 'process.executable.name', 'process.runtime.name'],
]);
const harmlessBegin = /^(?:code|mcp|spanpath|process\.runtime)\./;

export class Kept {
  private readonly rules;
  private readonly policy;

  /** As the shim's `--content` and `--redact`. */
  constructor(
    private readonly level: string,
    redact: string,
  ) {
    this.rules = parseRedaction(redact);
    this.policy = new ContentPolicy(
      level as ContentLevel,
      this.rules,
      Number.POSITIVE_INFINITY,
      withinTime,
    );
  }

  /** What something is about, which every level keeps, without its secrets. */
  name(text: string): string {
    return this.policy.keepName(text) ?? hidden;
  }

  /** What a program printed, or said of its failure. */
  words(text: string): string {
    return this.keepsContent ? this.name(text) : '';
  }

  attribute(key: string, value: AttributeValue): AttributeValue {
    if (this.level === 'full' || harmless.has(key) || harmlessBegin.test(key)) return value;
    if (key === 'url.full') return this.url(String(value));
    if (key === attr.exceptionStacktrace) return this.stack(String(value));
    if (isSecretKey(key, this.rules)) return hidden;
    return this.value(value);
  }

  private value(value: AttributeValue): AttributeValue {
    if (typeof value === 'string') return this.keepsContent ? this.name(value) : hidden;
    if (Array.isArray(value)) return value.map((part) => this.value(part as AttributeValue));
    if (value === null || typeof value !== 'object') return value;
    const parts = Object.entries(value as Record<string, AttributeValue>);
    return Object.fromEntries(parts.map(([key, part]) => [key, this.attribute(key, part)]));
  }

  /** Its query has no values. */
  private url(text: string): string {
    const [path = '', query] = text.split('?');
    return this.name(path) + (query === undefined || !this.keepsContent ? '' : `?${query}`);
  }

  /** The frames are names and places in code; what stands between them is the app's words. */
  private stack(text: string): string {
    const parts = text.split(/((?:^|\n)\s+at .*)/);
    return parts.map((part, at) => (at % 2 === 1 ? part : this.words(part))).join('');
  }

  private get keepsContent(): boolean {
    return this.level !== 'keys' && this.level !== 'none';
  }
}

const { SPANPATH_HOOK_CONTENT = 'redacted', SPANPATH_HOOK_REDACT = '' } = process.env;
/** As this server was started. */
export const kept = new Kept(SPANPATH_HOOK_CONTENT, SPANPATH_HOOK_REDACT);
