/** The query language of the search field, parsed. Grammar, loosest first: `a OR b`, `a b`, `-a`, `(a)`. */
export type QueryNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly key: string;
      readonly operator: Operator;
      /** Alternatives: `tool:a,b` has two. */
      readonly values: readonly string[];
      readonly from: number;
      readonly to: number;
    };

export type Operator = ':' | '=' | '>' | '<' | '>=' | '<=';

/** What the query could not mean, and the range of its text that says so. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  constructor(
    message: string,
    readonly from: number,
    readonly to: number,
  ) {
    super(message);
  }
}

interface Token {
  readonly type: 'word' | 'quoted' | '(' | ')' | '-' | 'or';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const fieldPattern = /^(attr\.[^:=<>]+|[A-Za-z]+)(>=|<=|[:=<>])(.*)$/s;
const maxNesting = 50;

/** @throws QueryError */
export function parseQuery(text: string): QueryNode {
  const tokens = tokenize(text);
  let at = 0;
  const parseOr = (depth: number): QueryNode => {
    const nodes = [parseAnd(depth)];
    while (tokens[at]?.type === 'or') {
      at++;
      nodes.push(parseAnd(depth));
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
  };
  const parseAnd = (depth: number): QueryNode => {
    const nodes: QueryNode[] = [];
    while (at < tokens.length && tokens[at]!.type !== ')' && tokens[at]!.type !== 'or') {
      nodes.push(parseOne(depth));
    }
    if (nodes.length === 0) return { kind: 'all' };
    return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes };
  };
  const parseOne = (depth: number): QueryNode => {
    const token = tokens[at++]!;
    if (depth > maxNesting) throw new QueryError('too deeply nested', token.from, token.to);
    if (token.type === '-') {
      if (at >= tokens.length) {
        throw new QueryError('“-” wants something to leave out', token.from, token.to);
      }
      return { kind: 'not', node: parseOne(depth + 1) };
    }
    if (token.type === '(') {
      const node = parseOr(depth + 1);
      if (tokens[at]?.type !== ')') throw new QueryError('“)” is missing', token.from, token.to);
      at++;
      return node;
    }
    if (token.type === 'quoted') return { kind: 'text', text: token.text };
    return parseWord(token);
  };
  const node = parseOr(0);
  const rest = tokens[at];
  if (rest) throw new QueryError('“)” closes nothing', rest.from, rest.to);
  return node;
}

function parseWord(token: Token): QueryNode {
  const match = fieldPattern.exec(token.text);
  if (!match || /^[a-z]+:\/\//i.test(token.text))
    return { kind: 'text', text: unquote(token.text) };
  const [, key, operator, rest] = match as unknown as [string, string, Operator, string];
  if (rest === '') {
    throw new QueryError(`“${key}${operator}” wants a value`, token.from, token.to);
  }
  return {
    kind: 'field',
    key: key.startsWith('attr.') ? key : key.toLowerCase(),
    operator,
    values: splitValues(rest),
    from: token.from,
    to: token.to,
  };
}

/** `a,"b, c"` → `a` and `b, c`. */
function splitValues(text: string): string[] {
  const values: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/"((?:[^"\\]|\\.)*)"|([^,"]+)/gs)) {
    values.push(quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/gs, '$1'));
  }
  return values.length > 0 ? values : [''];
}

function unquote(text: string): string {
  return text.replaceAll('"', '');
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    const from = at;
    if (char === '(' || char === ')') {
      tokens.push({ type: char, text: char, from, to: ++at });
    } else if (char === '-' && at + 1 < text.length && !/\s/.test(text[at + 1]!)) {
      tokens.push({ type: '-', text: char, from, to: ++at });
    } else {
      const quotedAlone = char === '"';
      at = endOfWord(text, at);
      const word = text.slice(from, at);
      if (quotedAlone) {
        const value = word.slice(1, word.endsWith('"') && word.length > 1 ? -1 : undefined);
        tokens.push({ type: 'quoted', text: value.replace(/\\(.)/gs, '$1'), from, to: at });
      } else tokens.push({ type: word === 'OR' ? 'or' : 'word', text: word, from, to: at });
    }
  }
  return tokens;
}

/** A word ends at white space or a bracket outside quotes. */
function endOfWord(text: string, start: number): number {
  let quoted = false;
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && quoted) at++;
    else if (char === '"') {
      quoted = !quoted;
      if (!quoted && text[start] === '"') return at + 1;
    } else if (!quoted && (/\s/.test(char) || char === '(' || char === ')')) return at;
  }
  if (quoted) throw new QueryError('the quotation has no end', start, text.length);
  return Math.min(at, text.length);
}
