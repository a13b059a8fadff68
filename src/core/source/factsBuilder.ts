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
import type { SyntaxNode } from './syntax.js';

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
    this.facts.functions.push({ ...head, returns: [], calls: [], dispatches: [], tables: [] });
    return this.facts.functions.length - 1;
  }

  /** The function made of a node, made at most once. */
  functionOf(node: SyntaxNode, make: () => number): number {
    const known = this.functionByNode.get(node.id);
    if (known !== undefined) return known;
    const id = make();
    this.functionByNode.set(node.id, id);
    return id;
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

  export(name: string, value: Expr): void {
    const known = this.facts.exports[name];
    if (known) known.push(value);
    else this.facts.exports[name] = [value];
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
