/** How a call ended, judged from its answer. */
import type { Outcome } from '../trace/model.js';
import { memberOf, stringMember } from './naming.js';

export interface Verdict {
  readonly outcome: Outcome;
  /** Value of `error.type`; null when the call succeeded. */
  readonly errorType: string | null;
  /** Status description: the peer's own words. */
  readonly message: string;
  /** JSON-RPC error code as text. */
  readonly statusCode: string | null;
}

export const succeeded: Verdict = { outcome: 'ok', errorType: null, message: '', statusCode: null };

export function abandoned(message: string): Verdict {
  return { outcome: 'abandoned', errorType: 'abandoned', message, statusCode: null };
}

/** A client that gave up waiting says so in the reason of its cancellation. */
export function cancelledBy(reason: string): Verdict {
  const outcome = /time[d ]*\s?-?out/i.test(reason) ? 'timeout' : 'cancelled';
  return { outcome, errorType: outcome, message: reason.slice(0, 1000), statusCode: null };
}

/** A subscription is open until somebody closes it: that is its proper end. */
export function endOf(method: string, verdict: Verdict): Verdict {
  return method === 'subscriptions/listen' ? succeeded : verdict;
}

/** Longest status description that is kept, in UTF-16 units. */
const maxMessage = 1000;

/** `answer` is the parsed JSON-RPC response. */
export function judgeAnswer(
  method: string,
  answer: unknown,
  rules: readonly PayloadRule[],
): Verdict {
  const error = memberOf(answer, 'error');
  if (error !== undefined && error !== null) {
    const code = memberOf(error, 'code');
    const statusCode = typeof code === 'number' ? String(code) : 'unknown';
    const message = (stringMember(error, 'message') ?? '').slice(0, maxMessage);
    // A client of both eras asks first and falls back to `initialize`: an answer, not a failure.
    if (method === 'server/discover') return { ...succeeded, message, statusCode };
    return { outcome: 'protocol_error', errorType: statusCode, message, statusCode };
  }
  const result = memberOf(answer, 'result');
  if (memberOf(result, 'isError') === true) {
    return {
      outcome: 'tool_error',
      errorType: 'tool_error',
      message: firstText(result).slice(0, maxMessage),
      statusCode: null,
    };
  }
  const said = method === 'tools/call' ? payloadFailure(result, rules) : null;
  if (said === null) return succeeded;
  return {
    outcome: 'payload_error',
    errorType: 'payload_error',
    message: `the payload says: ${said}`.slice(0, maxMessage),
    statusCode: null,
  };
}

function firstText(result: unknown): string {
  const content = memberOf(result, 'content');
  if (!Array.isArray(content)) return '';
  for (const block of content) {
    const text = stringMember(block, 'text');
    if (text !== null) return text;
  }
  return '';
}

/**
 * A rule that finds failure inside a successful result: the member at `path` is one of `values`,
 * or, without values, is there and not empty (`null`, `false`, `0`, `""`, `[]`, `{}`).
 */
export interface PayloadRule {
  readonly path: readonly string[];
  readonly values: readonly string[] | null;
}

export const defaultPayloadRules = parsePayloadRules(
  'isError=true,is_error=true,error,errors,success=false,ok=false,status=error|failed|failure',
);

/** `path`, `path=value` and `path=a|b`, separated by commas; dots step into objects; `off`: none. */
export function parsePayloadRules(text: string): readonly PayloadRule[] {
  if (text.trim() === 'off') return [];
  return text
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .map((rule) => {
      const equals = rule.indexOf('=');
      const path = (equals < 0 ? rule : rule.slice(0, equals)).split('.');
      return {
        path,
        values:
          equals < 0
            ? null
            : rule
                .slice(equals + 1)
                .toLowerCase()
                .split('|'),
      };
    });
}

/** The words of the payload that report a failure, or null. */
function payloadFailure(result: unknown, rules: readonly PayloadRule[]): string | null {
  for (const body of bodiesOf(result)) {
    for (const rule of rules) {
      let value: unknown = body;
      for (const key of rule.path) value = memberOf(value, key);
      if (fails(value, rule)) return `${rule.path.join('.')} = ${spell(value)}`;
    }
  }
  return null;
}

function spell(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A parser takes what is nested deeper than a printer does.
    return '…';
  }
}

function fails(value: unknown, rule: PayloadRule): boolean {
  if (rule.values) {
    const scalar =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return scalar && rule.values.includes(String(value).toLowerCase());
  }
  if (!value) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** `structuredContent`, and text blocks that are JSON objects. */
function bodiesOf(result: unknown): unknown[] {
  const bodies: unknown[] = [];
  const structured = memberOf(result, 'structuredContent');
  if (structured !== undefined) bodies.push(structured);
  const content = memberOf(result, 'content');
  if (!Array.isArray(content)) return bodies;
  for (const block of content) {
    const text = stringMember(block, 'text')?.trim();
    if (!text?.startsWith('{') || !text.endsWith('}')) continue;
    try {
      bodies.push(JSON.parse(text));
    } catch {
      // Text that only looks like JSON says nothing about failure.
    }
  }
  return bodies;
}
