import type {
  ClassFacts,
  Dispatch,
  Expr,
  FileFacts,
  FunctionFacts,
  LowLevelHandler,
  Registration,
  Spot,
} from './facts.js';
import { field, type SyntaxNode } from './syntax.js';

/** Names from source are data: `constructor` and `__proto__` must be ordinary keys. */
function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Collects the facts of one file while a language's reader walks its tree. */
export class FactsBuilder {
  readonly facts: FileFacts;
  private readonly functionByNode = new Map<number, number>();

  constructor(language: string, lines: number) {
    this.facts = {
      language,
      functions: [],
      scopes: [],
      classes: [],
      exports: emptyRecord(),
      stars: [],
      registrations: [],
      lowLevel: [],
      mounts: [],
      imports: [],
    };
    this.addScope(-1, 0);
    this.addFunction({
      name: '',
      spot: { line: 1, column: 1 },
      endLine: lines,
      scope: 0,
      parent: -1,
      params: [],
    });
  }

  addScope(parent: number, fn: number): number {
    this.facts.scopes.push({ parent, fn, bindings: emptyRecord() });
    return this.facts.scopes.length - 1;
  }

  addFunction(
    head: Pick<FunctionFacts, 'name' | 'spot' | 'endLine' | 'scope' | 'parent' | 'params'>,
  ): number {
    this.facts.functions.push({
      ...head,
      returns: [],
      results: [],
      calls: [],
      dispatches: [],
      tables: [],
    });
    return this.facts.functions.length - 1;
  }

  /** A function of the tree, read at most once: `fill` reads its parameters and its body. */
  readFunction(
    node: SyntaxNode,
    scope: number,
    fill: (inner: number, id: number) => void,
    head: { readonly name?: string; readonly spot?: Spot } = {},
  ): Expr {
    const known = this.functionByNode.get(node.id);
    if (known !== undefined) return { e: 'fn', id: known };
    const inner = this.addScope(scope, this.facts.functions.length);
    const id = this.addFunction({
      name: field(node, 'name')?.text ?? head.name ?? '',
      spot: head.spot ?? spotOf(node),
      endLine: node.endPosition.row + 1,
      scope: inner,
      parent: this.facts.scopes[scope]?.fn ?? 0,
      params: [],
    });
    // Before the body is walked, so that the body finds its own function.
    this.functionByNode.set(node.id, id);
    fill(inner, id);
    return { e: 'fn', id };
  }

  /** Must be called before a body is walked, so that the body finds its own function. */
  rememberFunction(node: SyntaxNode, id: number): void {
    this.functionByNode.set(node.id, id);
  }

  knownFunction(node: SyntaxNode): number | undefined {
    return this.functionByNode.get(node.id);
  }

  addClass(
    name: string,
    spot: Spot,
    scope: number,
    bases: readonly Expr[],
  ): ClassFacts & { id: number } {
    const made: ClassFacts = { name, spot, scope, bases, members: emptyRecord() };
    this.facts.classes.push(made);
    return Object.assign(made, { id: this.facts.classes.length - 1 });
  }

  addMember(owner: ClassFacts, name: string, value: Expr): void {
    const known = owner.members[name];
    if (known) known.push(value);
    else owner.members[name] = [value];
  }

  bind(scope: number, name: string, value: Expr): void {
    const bindings = this.facts.scopes[scope]?.bindings;
    if (!bindings || name === '') return;
    const known = bindings[name];
    if (known) known.push(value);
    else bindings[name] = [value];
  }

  /** Where the name stands already, so that what a function adds to it is seen by the others. */
  bindWhereKnown(scope: number, name: string, value: Expr): void {
    for (let at = scope; at >= 0; at = this.facts.scopes[at]?.parent ?? -1) {
      const bindings = this.facts.scopes[at]?.bindings;
      if (bindings && Object.hasOwn(bindings, name)) {
        this.bind(at, name, value);
        return;
      }
    }
    this.bind(scope, name, value);
  }

  /** The class that the scope is in, whose `this` or `self` is its own. */
  classAround(scope: number, self: string): ClassFacts | undefined {
    for (let at = scope; at >= 0; at = this.facts.scopes[at]?.parent ?? -1) {
      const bound = this.facts.scopes[at]?.bindings[self]?.[0];
      if (bound?.e === 'self') return this.facts.classes[bound.id];
    }
    return undefined;
  }

  export(name: string, value: Expr): void {
    const known = this.facts.exports[name];
    if (known) known.push(value);
    else this.facts.exports[name] = [value];
  }

  /** For languages in which every name of a file is seen from outside. */
  exportAll(): void {
    for (const name of Object.keys(this.facts.scopes[0]?.bindings ?? {}))
      this.export(name, { e: 'name', name, scope: 0 });
  }

  functionAt(scope: number): FunctionFacts {
    const fn = this.facts.scopes[scope]?.fn ?? 0;
    return this.facts.functions[fn] as FunctionFacts;
  }

  addDispatch(scope: number, dispatch: Dispatch): void {
    if (dispatch.cases.length > 0) this.functionAt(scope).dispatches.push(dispatch);
  }

  register(scope: number, registration: Omit<Registration, 'fn'>): void {
    this.facts.registrations.push({ ...registration, fn: this.facts.scopes[scope]?.fn ?? 0 });
  }

  registerLowLevel(handler: LowLevelHandler): void {
    this.facts.lowLevel.push(handler);
  }
}

export function spotOf(node: SyntaxNode): Spot {
  return { line: node.startPosition.row + 1, column: node.startPosition.column + 1 };
}
