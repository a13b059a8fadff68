import { type Expr, type FileFacts, memberOf } from './facts.js';

export type Call = Extract<Expr, { e: 'call' }>;

/** Where the linker reads from: the files of the workspace, by absolute path. */
export interface Sources {
  /** Facts of a file, read on demand; undefined when it is not there or not source. */
  load(file: string): FileFacts | undefined;
  /** The files a module name may mean, seen from a file; empty for packages outside. */
  resolve(module: string, from: string): readonly string[];
  /** Everything that was read so far and may register or call something. */
  files(): Iterable<readonly [file: string, facts: FileFacts]>;
}

export interface CallSite {
  readonly file: string;
  readonly call: Call;
  /** The function is itself an argument, called back with the elements of this list. */
  readonly elementsOf: Expr | null;
  readonly id: number;
}

const iterating = new Set(['map', 'forEach', 'flatMap', 'filter', 'for_each', 'some', 'every']);

/** Finds calls by the name of what is called, so that a parameter can be followed to arguments. */
export class CallIndex {
  private readonly byName = new Map<string, CallSite[]>();

  constructor(sources: Sources) {
    let id = 0;
    for (const [file, facts] of sources.files()) {
      for (const fn of facts.functions) {
        for (const call of fn.calls) {
          for (const name of calledNames(facts, call.callee)) {
            this.add(name, { file, call, elementsOf: null, id: id++ });
          }
          if (call.callee.e !== 'member' || !iterating.has(call.callee.key)) continue;
          const callback = call.args[0]?.value;
          if (!callback) continue;
          const names =
            callback.e === 'fn' ? [`${file}#${callback.id}`] : calledNames(facts, callback);
          for (const name of names) {
            this.add(name, { file, call, elementsOf: call.callee.of, id: id++ });
          }
        }
      }
    }
  }

  /** Candidates only: what is called must still be evaluated. */
  find(file: string, facts: FileFacts, fn: number): readonly CallSite[] {
    const name = calledAs(facts, fn);
    return [
      ...(this.byName.get(`${file}#${fn}`) ?? []),
      ...(name ? (this.byName.get(name) ?? []) : []),
      ...('default' in facts.exports ? (this.byName.get('default') ?? []) : []),
    ];
  }

  /** `register("n")(f)` and `@register("n")`: calls of what a call returned. */
  ofResults(): readonly CallSite[] {
    return this.byName.get('()') ?? [];
  }

  private add(name: string, site: CallSite): void {
    const known = this.byName.get(name);
    if (known) known.push(site);
    else this.byName.set(name, [site]);
  }
}

/** The name as written, and the name under which an imported one was exported. */
function calledNames(facts: FileFacts, callee: Expr): string[] {
  if (callee.e === 'member') return [callee.key];
  if (callee.e === 'call') return ['()'];
  if (callee.e !== 'name') return [];
  const names = [callee.name];
  for (const bound of bindingsOf(facts, callee.name, callee.scope) ?? []) {
    if (bound.e === 'import' && bound.name !== callee.name) names.push(bound.name);
  }
  return names;
}

/** A constructor is called by the name of its class. */
function calledAs(facts: FileFacts, fn: number): string {
  const name = facts.functions[fn]?.name ?? '';
  if (name !== 'constructor' && name !== '__init__') return name;
  const owner = facts.classes.find((made) =>
    memberOf(made, name)?.some((own) => own.e === 'fn' && own.id === fn),
  );
  return owner?.name ?? '';
}

/** Whether the function around it hands a function out, as that of a decorator does. */
export function isReturned(facts: FileFacts, fn: number): boolean {
  const own = facts.functions[fn];
  return (
    !!own &&
    own.parent > 0 &&
    (facts.functions[own.parent]?.returns ?? []).some(
      (part) =>
        (part.e === 'fn' && part.id === fn) || (part.e === 'name' && part.name === own.name),
    )
  );
}

/** What a name is bound to in its own scope or the nearest one around it. */
export function bindingsOf(facts: FileFacts, name: string, scope: number): Expr[] | undefined {
  for (let at = scope; at >= 0; at = facts.scopes[at]?.parent ?? -1) {
    const bindings = facts.scopes[at]?.bindings;
    if (bindings && Object.hasOwn(bindings, name)) return bindings[name];
  }
  return undefined;
}
