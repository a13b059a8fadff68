/** Classes as values: what an instance was made with, and who `this` is in a class that others extend. */
import { placeArguments } from './arguments.js';
import { type Closure, type Environment, merge, nowhere, type Value } from './closures.js';
import { lastName } from './expressions.js';
import { type ClassFacts, type Expr, memberOf } from './facts.js';
import type { Call, Sources } from './program.js';

/** Above this many, `this` stands for the class itself only. */
const maxSubclasses = 500;
const maxDepth = 48;
const constructors = ['constructor', '__init__'];

export interface Made {
  readonly file: string;
  readonly fn: number;
}

export function selfKey(file: string, id: number): string {
  return `${file}#t${id}`;
}

/** The call that an instance comes from. */
export function madeKey(file: string, id: number): string {
  return `${file}#m${id}`;
}

function fieldKey(file: string, id: number, name: string): string {
  return `${file}#f${id}.${name}`;
}

/** Knows which class extends which; `values` follows an expression to the classes it stands for. */
export class ClassIndex {
  private below: Map<string, Closure[]> | undefined;

  constructor(
    private readonly sources: Sources,
    private readonly values: (of: Closure, depth?: number) => Value[],
  ) {}

  /** `this` is of its class or of one derived from it; which one is a choice. */
  self(id: number, of: Closure): Value[] {
    const key = selfKey(of.file, id);
    const known = of.env.get(key);
    if (known) return [{ ...known, env: merge(known.env, of.env), context: of.env }];
    const own: Closure = { file: of.file, env: nowhere, expr: { e: 'class', id } };
    return [own, ...this.subclasses(own)].map((made) => {
      const env = new Map(of.env).set(key, made);
      return { ...made, env, context: env };
    });
  }

  /** What a class or one of its bases has under a name; `self` is the class that was asked. */
  member(owner: Value, key: string, self: Closure, depth: number): Value[] {
    const { file, env, expr } = owner;
    if (expr.e !== 'class' || depth > maxDepth) return [];
    const given = env.get(fieldKey(file, expr.id, key));
    if (given) return this.values(given, depth + 1);
    const inside = new Map(env).set(selfKey(file, expr.id), self);
    const own = memberOf(this.facts(owner), key);
    if (own)
      return own.flatMap((part) => this.values({ file, env: inside, expr: part }, depth + 1));
    return this.bases(owner).flatMap((base) => {
      const given = merge(inside, this.givenToBase(owner, base, inside));
      return this.member({ ...base, env: given }, key, self, depth + 1);
    });
  }

  private facts(of: Closure): ClassFacts | undefined {
    return of.expr.e === 'class' ? this.sources.load(of.file)?.classes[of.expr.id] : undefined;
  }

  private bases(of: Closure): Value[] {
    return (this.facts(of)?.bases ?? []).flatMap((expr) =>
      this.values({ file: of.file, env: nowhere, expr }).filter(({ expr: { e } }) => e === 'class'),
    );
  }

  /** The classes that extend this one, however far below. */
  private subclasses(of: Closure): readonly Closure[] {
    const found = new Map<string, Closure>();
    const waiting = [keyOf(of)];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const made of this.directlyBelow(at)) {
        const key = keyOf(made);
        if (found.has(key)) continue;
        found.set(key, made);
        waiting.push(key);
      }
    }
    return found.size > maxSubclasses ? [] : [...found.values()];
  }

  /** The constructor that runs when the class is called, its own or that of a base. */
  constructorOf(of: Closure, depth = 0): Made | null {
    for (const name of constructors) {
      const [own] = memberOf(this.facts(of), name) ?? [];
      if (own?.e === 'fn') return { file: of.file, fn: own.id };
    }
    if (depth > 8) return null;
    for (const base of this.bases(of)) {
      const found = this.constructorOf(base, depth + 1);
      if (found) return found;
    }
    return null;
  }

  /** The class, knowing what it was called with. */
  instance(of: Value, call: Call, at: Closure): Value {
    const env = new Map(of.env);
    const give = (key: string, value: Expr): void => {
      env.set(key, { file: at.file, env: of.context, expr: value });
    };
    if (of.expr.e === 'class')
      env.set(madeKey(of.file, of.expr.id), { file: at.file, env: nowhere, expr: call });
    const made = this.constructorOf(of);
    if (made) {
      const params = this.sources.load(made.file)?.functions[made.fn]?.params ?? [];
      for (const { position, value } of placeArguments(call.args, params))
        give(`${made.file}#p${made.fn}.${position}`, value);
    } else if (of.expr.e === 'class') {
      // Python: fields of a dataclass, a model or a named tuple, in the order of their lines.
      const fields = Object.entries(this.facts(of)?.members ?? {}).filter(
        ([, values]) => values[0]?.e !== 'fn',
      );
      for (const [index, { name, value }] of call.args.entries())
        give(fieldKey(of.file, of.expr.id, name || (fields[index]?.[0] ?? '')), value);
    }
    return { ...of, env };
  }

  /** What a class's constructor hands to that of its base. */
  private givenToBase(of: Closure, base: Closure, env: Environment): Environment {
    const own = constructors.map((name) => memberOf(this.facts(of), name)?.[0]).find(Boolean);
    const made = this.constructorOf(base);
    if (own?.e !== 'fn' || !made) return nowhere;
    const params = this.sources.load(made.file)?.functions[made.fn]?.params ?? [];
    const call = this.sources.load(of.file)?.functions[own.id]?.calls.find(isSuper);
    const given = new Map<string, Closure>();
    for (const { position, value } of placeArguments(call?.args ?? [], params))
      given.set(`${made.file}#p${made.fn}.${position}`, { file: of.file, env, expr: value });
    return given;
  }

  private directlyBelow(key: string): readonly Closure[] {
    if (!this.below) {
      this.below = new Map();
      for (const [file, facts] of this.sources.files()) {
        for (const id of facts.classes.keys()) {
          const made: Closure = { file, env: nowhere, expr: { e: 'class', id } };
          for (const base of this.bases(made)) {
            const known = this.below.get(keyOf(base));
            if (known) known.push(made);
            else this.below.set(keyOf(base), [made]);
          }
        }
      }
    }
    return this.below.get(key) ?? [];
  }
}

function keyOf({ file, expr }: Closure): string {
  return `${file}#${expr.e === 'class' ? expr.id : -1}`;
}

/** `super(…)` and `super().__init__(…)` */
function isSuper({ callee }: Call): boolean {
  if (callee.e === 'name') return callee.name === 'super';
  return (
    callee.e === 'member' &&
    callee.key === '__init__' &&
    callee.of.e === 'call' &&
    lastName(callee.of.callee) === 'super'
  );
}
