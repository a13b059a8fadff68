/**
 * Hides secrets in text before it leaves the shim. JSON is edited in place: every character that
 * is not hidden stays as it was on the wire, number spelling included.
 */

export interface RedactionRules {
  /** Values under these keys are hidden, at any depth. Tested against `snakeCase(key)`. */
  readonly keys: RegExp;
  /** What these match is hidden inside any string. Global; none can run away. */
  readonly patterns: readonly RegExp[];
  /** As `patterns`, as the user wrote them. */
  readonly own: readonly OwnPattern[];
  /** Values at these places are hidden; `*` stands for one step, `anySteps` for any number. */
  readonly paths: readonly (readonly string[])[];
  /** Text that does not match this holds nothing to hide; null when that cannot be said. */
  readonly hint: RegExp | null;
}

/** A pattern of the user's. */
export class OwnPattern {
  /** It took too long: every string that it would have to be held against is hidden. */
  givenUp = false;
  /** It is being held against a string. */
  running = false;

  constructor(
    readonly regExp: RegExp,
    /** Its shape rules out that it runs away. */
    readonly quick: boolean,
  ) {}

  /** Hides what it matches. Leaves `running` set when it is broken off. */
  hideIn(text: string): string {
    if (this.givenUp) return hidden;
    this.running = true;
    const shown = text.replace(this.regExp, hidden);
    this.running = false;
    return shown;
  }
}

/** No repetition but of single characters a fixed number of times: at most a few steps a place. */
function isQuick(source: string): boolean {
  const plain = source.replace(/\\[^1-9k]|\[(?:\\.|[^\]\\])*\]/g, '.');
  return !/[*+?|(\\]|\{\d+,|\{\d{4,}\}/.test(plain);
}

export const hidden = '[redacted]';
export const anySteps = '..';

/** Tested against snake case, so that `clientSecret` and `client-secret` are one. */
const secretKey =
  /(?:^|_)(?:password|passwd|pwd|passphrase|secrets?|token|credentials?|cookie|authorization|api_?key|access_key|secret_key|private_key|signing_key|encryption_key|session_id|ssn|cvv)$/;

/** Shapes of well-known tokens; none can run away on hostile text. */
const secretShapes: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[a-z0-9\-._~+/]{8,}={0,2}/gi,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  // User and password of a URL.
  /(?<=:\/\/)[^/@\s"'<>]{1,400}(?=@)/g,
];

/** A part of every secret key and every secret shape: most messages hold none of these, but for the
 * `progressToken` of many. An escape may spell one. */
const hint =
  /pass|pwd|secret|(?<!"progress)token|credential|cookie|auth|key|session|ssn|cvv|bearer|basic|AKIA|ASIA|gh[pousr]_|glpat|sk-|xox|AIza|eyJ|\\u|\/[^/@\s]{1,400}@/i;

/** A header as a program prints it: its value may have blanks and semicolons. */
const secretHeader =
  /\b((?:authorization|cookie)["']?\s{0,4}[=:](?!\s{0,4}["']?\[redacted)\s{0,4}["']?)[^\r\n"']{1,4096}/gi;

/** A key, perhaps quoted, and what stands before its value. */
const keyOfPair = /(?<![A-Za-z0-9_])([A-Za-z_][\w.-]{0,63})\\{0,7}["']?\s{0,4}[=:]\s{0,4}/g;
/** Quotes may be escaped, as in JSON inside of text. */
const valueOfPair =
  /\\{1,7}"[^"\\]{1,4096}\\{1,7}"|"(?:[^"\\]|\\.){1,4096}"|'(?:[^'\\]|\\.){1,4096}'|[^\s,;"'&]{1,4096}/y;

/** Plain text, e.g. a line of stderr. `key=value` pairs under secret keys are hidden too. */
export function redactText(text: string, rules: RedactionRules): string {
  let out = text;
  for (const pattern of rules.patterns) out = out.replace(pattern, hidden);
  for (const pattern of rules.own) out = pattern.hideIn(out);
  out = out.replace(secretHeader, `$1${hidden}`);
  return hidePairs(out, rules);
}

/** What follows a key that is not secret may hold a pair: `Error: token=…`, `url=/?token=…`. */
function hidePairs(text: string, rules: RedactionRules): string {
  let out = '';
  let from = 0;
  keyOfPair.lastIndex = 0;
  for (let found = keyOfPair.exec(text); found; found = keyOfPair.exec(text)) {
    if (!isSecretKey(found[1] ?? '', rules)) continue;
    const start = keyOfPair.lastIndex;
    valueOfPair.lastIndex = start;
    const [value = hidden] = valueOfPair.exec(text) ?? [];
    if (value.includes(hidden)) continue;
    out += text.slice(from, start) + hidden;
    from = start + value.length;
    keyOfPair.lastIndex = from;
  }
  return out + text.slice(from);
}

export const keyBegins = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;
export const keyEnds = /-----END [A-Z ]{0,40}PRIVATE KEY-----/;

/** Reserved by MCP, and no secret. */
const harmlessKeys = new Set(['progressToken', 'Mcp-Session-Id', 'mcp-session-id']);

export function isSecretKey(key: string, rules: RedactionRules): boolean {
  return !harmlessKeys.has(key) && rules.keys.test(snakeCase(key));
}

/** `clientSecret`, `client-secret` and `Client.Secret` are all `client_secret`. */
export function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.\s]/g, '_')
    .toLowerCase();
}

/**
 * The default rules and more of them, separated by commas or line ends: `$.params.arguments.pin` is a place
 * in the message (`*` for one step), `/pattern/` hides what it matches, anything else is a key.
 * A pattern that is not one is left out.
 */
export function parseRedaction(text: string): RedactionRules {
  const keys: string[] = [];
  const own: OwnPattern[] = [];
  const paths: string[][] = [];
  for (const rule of splitRules(text)) {
    if (rule.startsWith('$')) paths.push(stepsOf(rule));
    else if (rule.length > 2 && rule.startsWith('/') && rule.endsWith('/')) {
      try {
        const source = rule.slice(1, -1);
        own.push(new OwnPattern(new RegExp(source, 'g'), isQuick(source)));
      } catch {
        // A rule that cannot be read hides nothing; the others still do.
      }
    } else keys.push(snakeCase(rule).replace(/[^\w]/g, '\\$&'));
  }
  const more =
    keys.length > 0 ? new RegExp(`${secretKey.source}|^(?:${keys.join('|')})$`) : secretKey;
  // User rules may match anything; then every message is looked through.
  return { keys: more, patterns: secretShapes, own, paths, hint: text.trim() === '' ? hint : null };
}

/** JSONPath: `.name`, `['name']`, `[0]`, `.*` and `[*]` for one step, `..` for any number of them. */
function stepsOf(path: string): string[] {
  const step = /\.\.|\[\s*(?:"([^"]*)"|'([^']*)'|([^\]]*?))\s*\]|\.?([^.[]+)/g;
  return [...path.slice(1).matchAll(step)].map(
    ([, double, single, bare, name]) => double ?? single ?? bare ?? name ?? anySteps,
  );
}

/** Commas inside `/…/` belong to the pattern. */
function splitRules(text: string): string[] {
  return (text.match(/\/(?:[^/\\\n]|\\.)+\/|[^,\n]+/g) ?? [])
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '');
}
