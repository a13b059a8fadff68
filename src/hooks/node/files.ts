/** Which modules the hook looks at as they load, and what it adds to them. */

/** Set on `globalThis` by the preload; a `HookEntry`. */
export const hookSymbol = 'spanpath.hook';

/** What the added lines call. */
export interface HookEntry {
  /** Takes the exports of a module of an SDK or of the OpenTelemetry API. */
  found(exports: object): void;
  /** Takes what a handler threw, where the SDK is about to make a result of it. */
  thrown(error: unknown): void;
}

/** The hook once it is loaded. */
export interface Hook extends HookEntry {
  /** Tells, once for each, of what the hook could not do; the server does not notice. */
  failed(what: string, error?: unknown): void;
}

const entry =
  /[\\/]@modelcontextprotocol[\\/](?:sdk[\\/]dist[\\/](?:(?:esm|cjs)[\\/])?server[\\/](?:mcp|index)\.js|server[\\/]dist[\\/]index\.[cm]?js)$/;
const otel =
  /[\\/]@opentelemetry[\\/]api[\\/](?:build[\\/]src[\\/]index\.js|dist[\\/]index\.[cm]js)$/;
/** The SDK's modules in which thrown errors are caught; 2.x has them in chunks. */
const catching =
  /[\\/]@modelcontextprotocol[\\/](?:sdk[\\/]dist[\\/](?:(?:esm|cjs)[\\/])?(?:server[\\/]mcp|shared[\\/]protocol)\.js|server[\\/]dist[\\/](?:mcp|src)-[^\\/]*\.[cm]?js)$/;

const hook = `globalThis[Symbol.for(${JSON.stringify(hookSymbol)})]`;

export function isWatched(path: string): boolean {
  return (
    path.includes('node_modules') && (entry.test(path) || otel.test(path) || catching.test(path))
  );
}

/** After everything else on the last line, so that no line of the module moves. */
export function editCommonJs(source: string, path: string): string {
  const edited = catching.test(path) ? tellThrown(source) : source;
  return isEntry(path) ? `${edited}\n;${hook}?.found(module.exports);` : edited;
}

/** A module may import itself: its bindings are those that importers see. */
export function editModule(source: string, path: string, url: string): string {
  const edited = catching.test(path) ? tellThrown(source) : source;
  return isEntry(path)
    ? `${edited}\n;import * as __spanpathSelf from ${JSON.stringify(url)};${hook}?.found(__spanpathSelf);`
    : edited;
}

function isEntry(path: string): boolean {
  return entry.test(path) || otel.test(path);
}

/** Where an error becomes a tool's result, and where it becomes an answer; with the way there. */
const catches: readonly (readonly [landmark: RegExp, opening: RegExp])[] = [
  [/createToolError\(error|isError: true/g, /catch \(error\) \{/g],
  [/Number\.isSafeInteger\(error\[/g, /(?:\(error\)|\berror) => \{/g],
];
/** Characters between the opening of such a block and its landmark, in all versions so far. */
const maxDistance = 600;

/**
 * An error is told of where the SDK itself catches it. A wrapper around the handler would stand in
 * the stack of everything that the handler throws, and a further reaction to its promise would cut
 * off what V8 knows of its callers. Without such a place errors are known by their message only.
 */
function tellThrown(source: string): string {
  const ends = new Set<number>();
  for (const [landmark, opening] of catches) {
    for (const { index } of source.matchAll(landmark)) {
      const from = Math.max(index - maxDistance, 0);
      const last = [...source.slice(from, index).matchAll(opening)].at(-1);
      if (last) ends.add(from + last.index + last[0].length);
    }
  }
  let edited = '';
  let from = 0;
  for (const end of [...ends].sort((a, b) => a - b)) {
    edited += `${source.slice(from, end)}${hook}?.thrown(error);`;
    from = end;
  }
  return edited + source.slice(from);
}
