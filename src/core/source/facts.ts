/**
 * What one source file says about handlers, in a form that no longer needs its syntax tree: plain
 * JSON, so that it can be kept on disk, and the same for every language, so that one linker
 * follows names, constants and imports for all of them.
 */
import type { HandlerKind } from '../protocol.js';

/** Key of an object literal under which the type that it is of stands, as an expression. */
export const typeKey = '#type';

/** Line and column count from 1. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

export type Expr =
  | { readonly e: 'text'; readonly value: string }
  /** Index into `FileFacts.functions`. */
  | { readonly e: 'fn'; readonly id: number }
  /** A null key spreads `value` into the object. */
  | { readonly e: 'object'; readonly entries: readonly { key: Expr | null; value: Expr }[] }
  | { readonly e: 'list'; readonly elements: readonly Expr[] }
  | { readonly e: 'spread'; readonly of: Expr }
  | { readonly e: 'name'; readonly name: string; readonly scope: number }
  | { readonly e: 'member'; readonly of: Expr; readonly key: string }
  /** A value chosen by a key that may be known only at run time: `handlers[name]`. */
  | { readonly e: 'index'; readonly of: Expr; readonly key: Expr }
  | {
      readonly e: 'call';
      readonly callee: Expr;
      readonly args: readonly Argument[];
      readonly spot: Spot;
    }
  /** An argument of a call that is not followed further: `mcp.NewTool("n")`. */
  | { readonly e: 'argument'; readonly of: Expr; readonly position: number }
  /** A further result of a function that has several: `tool, handler := make()`. */
  | {
      readonly e: 'result';
      readonly of: Extract<Expr, { e: 'call' }>;
      readonly position: number;
    }
  /** What a chain of calls was given under a name: `Tool.builder().name("n").build()`. */
  | { readonly e: 'built'; readonly of: Expr; readonly key: string; readonly position?: number }
  | { readonly e: 'concat'; readonly parts: readonly Expr[] }
  | { readonly e: 'either'; readonly of: readonly Expr[] }
  /** Any element of a list, the same one wherever `id` is the same: the variable of a loop. */
  | { readonly e: 'each'; readonly of: Expr; readonly id: number }
  /** Position of an element within an element: `for (const [name, handler] of …)`. */
  | { readonly e: 'at'; readonly of: Expr; readonly position: number }
  | {
      readonly e: 'param';
      readonly fn: number;
      readonly position: number;
      readonly name: string;
      readonly type: string;
    }
  /** `name` is `*` for the whole module. */
  | { readonly e: 'import'; readonly from: string; readonly name: string }
  | { readonly e: 'class'; readonly id: number }
  /** `this` or `self` in a class: of that class or of one derived from it. */
  | { readonly e: 'self'; readonly id: number }
  | { readonly e: 'unknown' };

export interface Argument {
  /** Keyword of a named argument, or ''. */
  readonly name: string;
  readonly value: Expr;
}

export interface ScopeFacts {
  /** -1 for the module's own scope. */
  readonly parent: number;
  readonly fn: number;
  /** Several expressions are alternatives. */
  readonly bindings: Record<string, Expr[]>;
}

export interface FunctionFacts {
  readonly name: string;
  readonly spot: Spot;
  readonly endLine: number;
  readonly scope: number;
  /** The function that this one is written in; -1 for the module body. */
  readonly parent: number;
  readonly params: string[];
  readonly returns: Expr[];
  /** What is returned together, in languages whose functions have several results. */
  readonly results: Expr[][];
  readonly calls: Extract<Expr, { e: 'call' }>[];
  readonly dispatches: Dispatch[];
  /** Things indexed by a run-time key or searched by name. */
  readonly tables: Expr[];
  /** Python: what `functools.wraps` says that it stands for. */
  wraps?: Expr;
}

/** A `switch`, `match` or chain of comparisons on what may be the name of a tool. */
export interface Dispatch {
  readonly subject: string;
  readonly cases: { readonly value: Expr; readonly spot: Spot }[];
}

export interface ClassFacts {
  readonly name: string;
  readonly spot: Spot;
  readonly scope: number;
  readonly bases: readonly Expr[];
  /** Fields and methods. */
  readonly members: Record<string, Expr[]>;
}

/** What a class itself has under a name; facts that were kept are plain objects with a prototype. */
export function memberOf(made: ClassFacts | undefined, name: string): readonly Expr[] | undefined {
  return made && Object.hasOwn(made.members, name) ? made.members[name] : undefined;
}

/** A call, decorator or attribute that ties a name to a handler. */
export interface Registration {
  readonly kind: HandlerKind;
  /** The pattern, e.g. `registerTool`. */
  readonly how: string;
  readonly name: Expr;
  readonly handler: Expr;
  /** For resources: the URI or its template, where it is apart from the name. */
  readonly uri?: Expr;
  /** What the method was called on; must be an MCP server unless `certain`. */
  readonly receiver?: Expr;
  /** The pattern alone says MCP. */
  readonly certain: boolean;
  /** Without a function behind `handler` it is something else. */
  readonly handlerRequired?: boolean;
  readonly spot: Spot;
  readonly fn: number;
}

/** A server of which another one passes on everything, its names behind a prefix. */
export interface Mount {
  readonly server: Expr;
  readonly prefix: Expr;
}

/** A handler of the low-level API: it answers every name of its kind and chooses inside. */
export interface LowLevelHandler {
  readonly kind: HandlerKind;
  readonly how: string;
  readonly handler: Expr;
  readonly spot: Spot;
}

export interface FileFacts {
  readonly language: string;
  readonly functions: FunctionFacts[];
  readonly scopes: ScopeFacts[];
  readonly classes: ClassFacts[];
  readonly exports: Record<string, Expr[]>;
  /** Modules of which everything is passed on. */
  readonly stars: string[];
  readonly registrations: Registration[];
  readonly lowLevel: LowLevelHandler[];
  readonly mounts: Mount[];
  /** Modules named in imports. */
  readonly imports: string[];
}

export const unknown: Expr = { e: 'unknown' };
export const text = (value: string): Expr => ({ e: 'text', value });
