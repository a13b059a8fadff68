/**
 * Follows an expression to what it stands for, across names, constants, loops, parameters and
 * imports. Several answers are several possible values; nothing is ever run.
 */
import { callBuiltin } from './builtins.js';
import { type Expr, typeKey } from './facts.js';
import { bindingsOf, CallIndex, type CallSite, type Sources } from './program.js';

/** What loop variables and parameters stand for while one possibility is looked at. */
export type Environment = ReadonlyMap<string, Closure>;
export const nowhere: Environment = new Map();

export interface Closure {
  readonly file: string;
  readonly expr: Expr;
  readonly env: Environment;
}

/** A value, and the choices under which the asking expression has it. */
export interface Value extends Closure {
  readonly context: Environment;
}

const maxDepth = 48;
const maxValues = 2000;
/** Steps for one link of everything: ends pathological programs, far above real ones. */
const maxSteps = 2_000_000;

export class Evaluator {
  private readonly calls: CallIndex;
  private steps = 0;

  constructor(readonly sources: Sources) {
    this.calls = new CallIndex(sources);
  }

  /** Every value the expression may have; those that cannot be followed further stay as they are. */
  values(of: Closure, depth = 0): Value[] {
    if (depth > maxDepth || this.steps++ > maxSteps) return [];
    const { expr, file, env } = of;
    switch (expr.e) {
      case 'name':
        return this.name(expr, of, depth);
      case 'import':
        return this.imported(expr, of, depth);
      case 'either':
        return expr.of.flatMap((part) => this.values({ file, env, expr: part }, depth + 1));
      case 'member':
        return this.each(of, expr.of, depth, (owner) => {
          const found = this.member(owner, expr.key, depth + 1);
          return found.length > 0 ? found : opaque(owner, expr.key);
        });
      case 'index':
        return this.each(of, expr.key, depth, (key) =>
          key.expr.e === 'text'
            ? this.values(
                { file, env: key.context, expr: { e: 'member', of: expr.of, key: key.expr.value } },
                depth + 1,
              )
            : [],
        );
      case 'each':
        return this.chosen(of, `${file}#e${expr.id}`, depth, () =>
          this.elements({ file, env, expr: expr.of }, depth + 1),
        );
      case 'at':
        return this.each(of, expr.of, depth, (list) => {
          const part = list.expr.e === 'list' ? list.expr.elements[expr.position] : undefined;
          return part ? this.values({ ...list, expr: part }, depth + 1) : [];
        });
      case 'argument':
        return this.each(of, expr.of, depth, (call) => {
          const given = call.expr.e === 'call' ? call.expr.args[expr.position] : undefined;
          return given ? this.values({ ...call, expr: given.value }, depth + 1) : [];
        });
      case 'built':
        return this.each(of, expr.of, depth, (call) => {
          const given = givenInChain(call.expr, expr.key);
          return given ? this.values({ ...call, expr: given }, depth + 1) : [];
        });
      case 'param':
        return this.parameter(expr, of, depth);
      case 'concat':
        return this.concat(expr.parts, of, depth);
      case 'call':
        return this.call(expr, of, depth);
      case 'unknown':
        return [];
      default:
        return [{ ...of, context: env }];
    }
  }

  /** The values of a list's elements, spreads and records included. */
  elements(of: Closure, depth = 0): Value[] {
    return this.values(of, depth)
      .flatMap((list) => {
        if (list.expr.e === 'object') {
          return list.expr.entries.flatMap((entry) =>
            this.values({ ...list, expr: entry.value }, depth + 1),
          );
        }
        if (list.expr.e !== 'list') return [];
        return list.expr.elements.flatMap((part) =>
          part.e === 'spread'
            ? this.elements({ ...list, expr: part.of }, depth + 1)
            : this.values({ ...list, expr: part }, depth + 1),
        );
      })
      .slice(0, maxValues);
  }

  /** Keys and values of an object, spreads resolved; a key that is no text is left out. */
  entries(of: Value, depth = 0): { key: string; value: Closure }[] {
    if (of.expr.e !== 'object' || depth > maxDepth) return [];
    return of.expr.entries.flatMap(({ key, value }) => {
      const closure: Closure = { file: of.file, env: of.env, expr: value };
      if (key === null) {
        return this.values(closure, depth + 1).flatMap((spread) => this.entries(spread, depth + 1));
      }
      return this.values({ file: of.file, env: of.env, expr: key }, depth + 1).flatMap((name) =>
        name.expr.e === 'text' ? [{ key: name.expr.value, value: closure }] : [],
      );
    });
  }

  member(owner: Value, key: string, depth = 0): Value[] {
    const { expr, file, env } = owner;
    if (depth > maxDepth) return [];
    if (expr.e === 'object') {
      const found = this.entries(owner, depth + 1).filter((entry) => entry.key === key);
      if (found.length > 0) return found.flatMap((entry) => this.values(entry.value, depth + 1));
      const type = expr.entries.find(
        (entry) => entry.key?.e === 'text' && entry.key.value === typeKey,
      );
      return type ? this.method(owner, lastName(type.value), key, depth + 1) : [];
    }
    if (expr.e === 'param' && expr.type !== '') {
      return this.method(
        owner,
        /([\p{L}_][\p{L}\p{N}_]*)\W*$/u.exec(expr.type)?.[1] ?? '',
        key,
        depth + 1,
      );
    }
    if (expr.e === 'class') {
      const owning = this.sources.load(file)?.classes[expr.id];
      if (!owning) return [];
      const own = Object.hasOwn(owning.members, key) ? owning.members[key] : undefined;
      if (own) return own.flatMap((part) => this.values({ file, env, expr: part }, depth + 1));
      return owning.bases.flatMap((base) =>
        this.values({ file, env: nowhere, expr: base }, depth + 1)
          .filter((value) => value.expr.e === 'class')
          .flatMap((value) => this.member(value, key, depth + 1)),
      );
    }
    if (expr.e === 'fn' && (key === '__name__' || key === 'name')) {
      const value = this.sources.load(file)?.functions[expr.id]?.name;
      return value ? [{ ...owner, expr: { e: 'text', value } }] : [];
    }
    if (expr.e === 'import' && expr.name === '*') {
      return this.values({ file, env, expr: { ...expr, name: key } }, depth + 1).filter(
        (value) => value.expr.e !== 'import' || value.expr.name === '*',
      );
    }
    return [];
  }

  /** Languages that define methods apart from their type bind them as `Type.method`. */
  private method(owner: Value, type: string, key: string, depth: number): Value[] {
    if (type === '') return [];
    const expr: Expr = { e: 'name', name: `${type}.${key}`, scope: 0 };
    return this.values({ ...owner, expr }, depth).filter((value) => value.expr.e === 'fn');
  }

  /** Where a function is called, with its parameters standing for the arguments there. */
  callers(file: string, fn: number, env: Environment, depth: number): Environment[] {
    const facts = this.sources.load(file);
    if (!facts) return [];
    const found: Environment[] = [];
    for (const site of this.calls.find(file, facts, fn)) {
      const callee = site.elementsOf === null ? site.call.callee : site.call.args[0]?.value;
      if (!callee) continue;
      const isThis =
        (callee.e === 'fn' && site.file === file && callee.id === fn) ||
        this.values({ file: site.file, env: nowhere, expr: callee }, depth + 8).some(
          (value) => value.expr.e === 'fn' && value.file === file && value.expr.id === fn,
        );
      if (isThis) found.push(...this.bindArguments(site, file, fn, env, depth));
      if (found.length > maxValues) break;
    }
    return found;
  }

  private bindArguments(
    site: CallSite,
    file: string,
    fn: number,
    env: Environment,
    depth: number,
  ): Environment[] {
    if (site.elementsOf !== null) {
      const list = { file: site.file, env, expr: site.elementsOf };
      return this.elements(list, depth + 1).map((element) =>
        new Map(env).set(`${file}#p${fn}.0`, element),
      );
    }
    const bound = new Map(env);
    const params = this.sources.load(file)?.functions[fn]?.params ?? [];
    for (const [index, argument] of site.call.args.entries()) {
      const position = argument.name ? params.indexOf(argument.name) : index;
      // The environment passes on, so that what a loop around the call chose stays chosen.
      if (position >= 0)
        bound.set(`${file}#p${fn}.${position}`, {
          file: site.file,
          env: nowhere,
          expr: argument.value,
        });
    }
    return [bound];
  }

  private name(expr: Extract<Expr, { e: 'name' }>, of: Closure, depth: number): Value[] {
    const facts = this.sources.load(of.file);
    const bound = facts && bindingsOf(facts, expr.name, expr.scope);
    if (bound) return bound.flatMap((part) => this.values({ ...of, expr: part }, depth + 1));
    for (const star of facts?.stars ?? []) {
      const found = this.values(
        { ...of, expr: { e: 'import', from: star, name: expr.name } },
        depth + 1,
      );
      const known = found.filter((value) => value.expr.e !== 'import');
      if (known.length > 0) return known;
    }
    return [{ ...of, context: of.env }];
  }

  private imported(expr: Extract<Expr, { e: 'import' }>, of: Closure, depth: number): Value[] {
    const asIs: Value[] = [{ ...of, context: of.env }];
    const files = this.sources.resolve(expr.from, of.file);
    const submodule = expr.name === '*' ? null : this.submodule(expr.from, expr.name, of.file);
    if (expr.name === '*') return asIs;
    for (const file of files) {
      const facts = this.sources.load(file);
      if (!facts) continue;
      const own = Object.hasOwn(facts.exports, expr.name) ? facts.exports[expr.name] : undefined;
      const found = (own ?? []).flatMap((part) =>
        this.values({ file, env: nowhere, expr: part }, depth + 1),
      );
      if (found.length > 0) return found.map((value) => ({ ...value, context: of.env }));
      for (const star of facts.stars) {
        const through = this.values(
          { file, env: nowhere, expr: { e: 'import', from: star, name: expr.name } },
          depth + 1,
        );
        const known = through.filter((value) => value.expr.e !== 'import');
        if (known.length > 0) return known.map((value) => ({ ...value, context: of.env }));
      }
    }
    return submodule ? this.values({ ...of, expr: submodule }, depth + 1) : asIs;
  }

  /** Python: `from package import module`. */
  private submodule(from: string, name: string, file: string): Expr | null {
    const module = from.endsWith('.') ? `${from}${name}` : `${from}.${name}`;
    const isModule = file.endsWith('.py') && this.sources.resolve(module, file).length > 0;
    return isModule ? { e: 'import', from: module, name: '*' } : null;
  }

  private parameter(expr: Extract<Expr, { e: 'param' }>, of: Closure, depth: number): Value[] {
    const key = `${of.file}#p${expr.fn}.${expr.position}`;
    const known = of.env.get(key);
    if (known) return this.values(known, depth + 1).map((value) => ({ ...value, context: of.env }));
    const values = this.callers(of.file, expr.fn, of.env, depth + 1).flatMap((context) => {
      const bound = context.get(key);
      if (!bound) return [];
      return this.values(bound, depth + 1).map((value) => ({
        ...value,
        context: settle(context, `${of.file}#p${expr.fn}.`, key, value),
      }));
    });
    return values.length > 0 ? values.slice(0, maxValues) : [{ ...of, context: of.env }];
  }

  private chosen(of: Closure, key: string, depth: number, choices: () => Value[]): Value[] {
    const known = of.env.get(key);
    if (known) return this.values(known, depth + 1).map((value) => ({ ...value, context: of.env }));
    return choices().map((value) => ({ ...value, context: new Map(of.env).set(key, value) }));
  }

  private concat(parts: readonly Expr[], of: Closure, depth: number): Value[] {
    let made: { value: string; context: Environment }[] = [{ value: '', context: of.env }];
    for (const part of parts) {
      made = made
        .flatMap(({ value, context }) =>
          this.values({ ...of, env: context, expr: part }, depth + 1).flatMap((next) =>
            next.expr.e === 'text'
              ? [{ value: value + next.expr.value, context: next.context }]
              : [],
          ),
        )
        .slice(0, maxValues);
    }
    return made.map(({ value, context }) => ({
      file: of.file,
      env: context,
      expr: { e: 'text', value },
      context,
    }));
  }

  private call(expr: Extract<Expr, { e: 'call' }>, of: Closure, depth: number): Value[] {
    const built = callBuiltin(this, expr, of, depth + 1);
    if (built) return built;
    return this.each(of, expr.callee, depth, (callee) => {
      if (callee.expr.e === 'class') return [callee];
      if (callee.expr.e !== 'fn') return [{ ...of, env: callee.context, context: callee.context }];
      const { file, expr: target } = callee;
      const facts = this.sources.load(file)?.functions[target.id];
      const env = new Map(callee.env);
      for (const [index, argument] of expr.args.entries()) {
        const position = argument.name ? (facts?.params.indexOf(argument.name) ?? -1) : index;
        if (position >= 0)
          env.set(`${file}#p${target.id}.${position}`, {
            file: of.file,
            env: callee.context,
            expr: argument.value,
          });
      }
      const returned = (facts?.returns ?? []).flatMap((part) =>
        this.values({ file, env, expr: part }, depth + 1),
      );
      const known = returned.map((value) => ({ ...value, context: callee.context }));
      return known.length > 0 ? known : [{ ...of, env: callee.context, context: callee.context }];
    });
  }

  /** Goes on from every value of a part, keeping the choices made so far. */
  private each(of: Closure, part: Expr, depth: number, next: (value: Value) => Value[]): Value[] {
    return this.values({ ...of, expr: part }, depth + 1)
      .flatMap((value) =>
        next(value).map((found) => ({ ...found, context: merge(value.context, found.context) })),
      )
      .slice(0, maxValues);
  }
}

function lastName(expr: Expr): string {
  if (expr.e === 'member') return expr.key;
  return expr.e === 'name' ? expr.name : '';
}

/** The argument of `.key(…)` somewhere in a chain of calls. */
function givenInChain(expr: Expr, key: string): Expr | undefined {
  for (let at: Expr = expr; at.e === 'call'; ) {
    if (at.callee.e !== 'member') return undefined;
    if (at.callee.key === key) return at.args[0]?.value;
    at = at.callee.of;
  }
  return undefined;
}

/**
 * One argument has its value: what was chosen for it (a loop around the call) holds for the other
 * arguments of the same call too.
 */
function settle(context: Environment, prefix: string, key: string, value: Value): Environment {
  const settled = new Map(context);
  for (const [other, closure] of context) {
    if (other.startsWith(prefix) && closure.env === nowhere) {
      settled.set(other, { ...closure, env: value.context });
    }
  }
  return settled.set(key, value);
}

function merge(first: Environment, second: Environment): Environment {
  if (first === second || second.size === 0) return first;
  if (first.size === 0) return second;
  return new Map([...first, ...second]);
}

/** A property of something that is not in the workspace: still worth knowing what of. */
function opaque(owner: Value, key: string): Value[] {
  if (['object', 'class', 'text', 'fn', 'list'].includes(owner.expr.e)) return [];
  return [{ ...owner, expr: { e: 'member', of: owner.expr, key } }];
}
