/** Hides values inside the text of one JSON-RPC message, and finds the parts worth showing. */
import { anySteps, hidden, isSecretKey, type RedactionRules, redactText } from './redaction.js';

export interface RedactedMessage {
  readonly text: string;
  /** `params.arguments`, as spelled in `text`. */
  readonly argumentsText: string | null;
  /** `result`, as spelled in `text`. */
  readonly resultText: string | null;
}

/** `keys` keeps names and shapes only; `full` keeps all. */
export type RedactionMode = 'full' | 'redacted' | 'keys';

interface Frame {
  readonly array: boolean;
  /** The key or index of the member that is being read. */
  key: string;
  index: number;
  /** Everything in here is hidden member by member, because its own key is secret. */
  readonly secret: boolean;
}

const maxDepth = 512;

/** Tolerates text that was cut: what is left of it is kept. */
export function redactMessage(
  text: string,
  mode: RedactionMode,
  rules: RedactionRules,
): RedactedMessage {
  return new Walk(text, mode, rules).run();
}

class Walk {
  private out = '';
  /** Start of what was not yet copied to `out`. */
  private copied = 0;
  private readonly stack: Frame[] = [];
  private argumentsStart = -1;
  private argumentsText: string | null = null;
  private resultStart = -1;
  private resultText: string | null = null;

  constructor(
    private readonly text: string,
    private readonly mode: RedactionMode,
    private readonly rules: RedactionRules,
  ) {}

  run(): RedactedMessage {
    const { text } = this;
    let at = 0;
    while (at < text.length) {
      const char = text.charCodeAt(at);
      if (char === 0x22) at = this.string(at);
      else if (char === 0x7b || char === 0x5b) {
        this.beforeValue(at);
        this.push(char === 0x5b);
        at++;
      } else if (char === 0x7d || char === 0x5d) {
        this.stack.pop();
        at++;
        this.afterValue(at);
      } else if (char === 0x2c) {
        const top = this.stack.at(-1);
        if (top?.array) top.key = String(++top.index);
        else if (top) top.key = '';
        at++;
      } else if (char <= 0x20 || char === 0x3a) at++;
      else at = this.scalar(at);
    }
    this.out += text.slice(this.copied);
    return { text: this.out, argumentsText: this.argumentsText, resultText: this.resultText };
  }

  private push(array: boolean): void {
    const above = this.stack.at(-1);
    const secret = above !== undefined && (above.secret || this.isHiddenHere());
    this.stack.push({ array, key: array ? '0' : '', index: 0, secret });
    if (this.stack.length > maxDepth) throw new RangeError('nested too deeply');
  }

  /** Either a key or a string value. */
  private string(start: number): number {
    const end = endOfString(this.text, start);
    const top = this.stack.at(-1);
    if (top && !top.array && top.key === '') {
      const raw = this.text.slice(start + 1, end - 1);
      // A key that was decoded to nothing must not look like one that is still to come.
      top.key = decode(raw) || '\u0000';
      return end;
    }
    this.beforeValue(start);
    this.value(start, end, true);
    this.afterValue(end);
    return end;
  }

  private scalar(start: number): number {
    let end = start;
    while (end < this.text.length && !/[\s,\]}]/.test(this.text.charAt(end))) end++;
    this.beforeValue(start);
    this.value(start, end, false);
    this.afterValue(end);
    return end;
  }

  private value(start: number, end: number, isString: boolean): void {
    if (this.mode === 'full') return;
    if (this.stack.at(-1)?.secret || this.isHiddenHere()) {
      this.replace(start, end, `"${hidden}"`);
    } else if (this.mode === 'keys' && !this.isEnvelope()) {
      this.replace(start, end, shapeOf(this.text, start, isString));
    } else if (isString && end - start > 6) {
      const raw = this.text.slice(start + 1, end - 1);
      const shown = redactString(raw, this.rules);
      if (shown !== raw) this.replace(start, end, `"${shown}"`);
    }
  }

  private isHiddenHere(): boolean {
    if (this.mode === 'full') return false;
    const top = this.stack.at(-1);
    if (!top) return false;
    if (!top.array && isSecretKey(top.key, this.rules)) return true;
    return this.rules.paths.some((path) => this.isOn(path, 0, 0));
  }

  /** The steps of `path` from `step` on lead from the frame at `depth` to the present one. */
  private isOn(path: readonly string[], step: number, depth: number): boolean {
    const wanted = path[step];
    if (wanted === undefined) return depth === this.stack.length;
    if (depth >= this.stack.length) return false;
    if (wanted === anySteps) {
      return this.isOn(path, step + 1, depth) || this.isOn(path, step, depth + 1);
    }
    const isHere = wanted === '*' || wanted === this.stack[depth]?.key;
    return isHere && this.isOn(path, step + 1, depth + 1);
  }

  /** Members of JSON-RPC and MCP themselves, which no level hides. */
  private isEnvelope(): boolean {
    const path = this.stack.map((frame) => frame.key).join('.');
    return /^(?:\d+\.)?(?:jsonrpc|id|method|params\.(?:name|uri|requestId|_meta\..*)|error\.code|result\.isError)$/.test(
      path,
    );
  }

  private isAt(...path: readonly string[]): boolean {
    return (
      this.stack.length === path.length &&
      path.every((key, depth) => this.stack[depth]?.key === key)
    );
  }

  private beforeValue(at: number): void {
    if (this.isAt('params', 'arguments')) this.argumentsStart = this.lengthAt(at);
    else if (this.isAt('result')) this.resultStart = this.lengthAt(at);
  }

  private afterValue(at: number): void {
    if (this.argumentsStart >= 0 && this.isAt('params', 'arguments')) {
      this.argumentsText = this.take(this.argumentsStart, at);
      this.argumentsStart = -1;
    } else if (this.resultStart >= 0 && this.isAt('result')) {
      this.resultText = this.take(this.resultStart, at);
      this.resultStart = -1;
    }
  }

  private lengthAt(at: number): number {
    return this.out.length + at - this.copied;
  }

  private take(from: number, to: number): string {
    this.out += this.text.slice(this.copied, to);
    this.copied = to;
    return this.out.slice(from);
  }

  private replace(start: number, end: number, by: string): void {
    this.out += this.text.slice(this.copied, start) + by;
    this.copied = end;
  }
}

function shapeOf(text: string, start: number, isString: boolean): string {
  if (isString) return '"[string]"';
  const first = text.charAt(start);
  if (first === 'n') return 'null';
  return first === 't' || first === 'f' ? '"[boolean]"' : '"[number]"';
}

/** The content of a JSON string, escapes and all. */
function redactString(raw: string, rules: RedactionRules): string {
  const text = decode(raw);
  const shown = redactWords(text, rules);
  return shown === text ? raw : JSON.stringify(shown).slice(1, -1);
}

/** Any text; where it is JSON it is redacted as that. */
export function redactWords(text: string, rules: RedactionRules): string {
  const trimmed = text.trimStart();
  return (trimmed.startsWith('{') || trimmed.startsWith('[')) && isJson(text)
    ? redactMessage(text, 'redacted', { ...rules, paths: [] }).text
    : redactText(text, rules);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function decode(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const found = text.indexOf('"', at);
    if (found < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(found - slashes - 1) === 0x5c && found - slashes - 1 > start) slashes++;
    if (slashes % 2 === 0) return found + 1;
    at = found + 1;
  }
}
