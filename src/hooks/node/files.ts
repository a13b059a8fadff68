/** Which modules the hook looks at as they load, and the line that it adds to them. */

/** Set on `globalThis` by the preload; a function that takes the exports of such a module. */
export const hookSymbol = 'spanpath.hook';

const server =
  /[\\/]@modelcontextprotocol[\\/](?:sdk[\\/]dist[\\/](?:esm|cjs)[\\/]server[\\/](?:mcp|index)\.js|sdk[\\/]dist[\\/]server[\\/](?:mcp|index)\.js|server[\\/]dist[\\/]index\.[cm]?js)$/;
const otel =
  /[\\/]@opentelemetry[\\/]api[\\/](?:build[\\/]src[\\/]index\.js|dist[\\/]index\.[cm]js)$/;

export function isWatched(path: string): boolean {
  return path.includes('node_modules') && (server.test(path) || otel.test(path));
}

/** After everything else on the last line, so that no line of the module moves. */
export function appendToCommonJs(source: string): string {
  return `${source}\n;globalThis[Symbol.for(${JSON.stringify(hookSymbol)})]?.(module.exports);`;
}

/** A module may import itself: its bindings are those that importers see. */
export function appendToModule(source: string, url: string): string {
  return `${source}\n;import * as __spanpathSelf from ${JSON.stringify(url)};globalThis[Symbol.for(${JSON.stringify(hookSymbol)})]?.(__spanpathSelf);`;
}
