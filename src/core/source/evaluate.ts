/**
 * Follows an expression to what it stands for, across names, constants, loops, parameters and
 * imports. Several answers are several possible values; nothing is ever run.
 */
import { placeArguments } from './arguments.js';
import { callBuiltin } from './builtins.js';
import { Callers } from './callers.js';
import { ClassIndex } from './classes.js';
import {
  type Closure,
  chosenOutside,
  type Environment,
  merge,
  nowhere,
  settle,
  type Value,
} from './closures.js';
import { ExportIndex } from './exports.js';
import { givenInChain, lastName } from './expressions.js';
import { type Expr, typeKey } from './facts.js';
import { bindingsOf, type Sources } from './program.js';

export const maxDepth = 48;
export const maxValues = 2000;
/** How often a name may be met again while it is looked up. */
const maxRounds = 3;
/** Steps for one registration: ends pathological programs, far above real ones. */
const maxSteps = 200_000;

export class Evaluator {
  private readonly callers: Callers;
  private readonly exports: ExportIndex;
  private readonly classes: ClassIndex;
  private readonly active = new Map<readonly Expr[], number>();
  private steps = 0;

  constructor(readonly sources: Sources) {
    this.exports = new ExportIndex(sources);
    this.classes = new ClassIndex(sources, (of, depth) => this.values(of, depth));
    this.callers = new Callers(this, this.classes);
  }

  /** One registration that leads nowhere must not cost the others their answers. */
  startAnew(): void {
    this.steps = 0;
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
      case 'self':
        return this.classes.self(expr.id, of);
      case 'member':
        if (expr.key === '__name__' && expr.of.e === 'name') {
          const facts = this.sources.load(file);
          const renamed = facts && bindingsOf(facts, `${expr.of.name}.__name__`, expr.of.scope);
          if (renamed) return this.alternatives(renamed, of, depth);
        }
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
          const given = givenInChain(call.expr, expr.key, expr.position);
          return given ? this.values({ ...call, expr: given }, depth + 1) : [];
        });
      case 'param':
        return this.parameter(expr, of, depth);
      case 'concat':
        return this.concat(expr.parts, of, depth);
      case 'call':
        return this.call(expr, of, depth);
      case 'result':
        return this.call(expr.of, of, depth, expr.position);
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
        // What was chosen for the key holds for its value.
        name.expr.e === 'text'
          ? [{ key: name.expr.value, value: { ...closure, env: name.context } }]
          : [],
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
      const type = /([\p{L}_][\p{L}\p{N}_]*)\W*$/u.exec(expr.type)?.[1] ?? '';
      const found = this.method(owner, type, key, depth + 1);
      return found.length > 0 ? found : this.memberOfType(owner, type, key, depth + 1);
    }
    if (expr.e === 'class') return this.classes.member(owner, key, owner, depth);
    // Python: a member of an enumeration of texts.
    if (expr.e === 'text' && key === 'value' && file.endsWith('.py')) return [owner];
    if (expr.e === 'fn' && (key === '__name__' || key === 'name')) {
      const wrapped = this.wrapped(owner, depth);
      if (wrapped.length > 0) return wrapped.flatMap((value) => this.member(value, key, depth + 1));
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

  /** The function that a Python wrapper stands for, where it was given that function. */
  wrapped(of: Closure, depth = 0): Value[] {
    const facts = this.sources.load(of.file);
    const wraps = of.expr.e === 'fn' ? facts?.functions[of.expr.id]?.wraps : undefined;
    if (!facts || wraps?.e !== 'name') return [];
    const isGiven = bindingsOf(facts, wraps.name, wraps.scope)?.every(({ e }) => e === 'param');
    return isGiven ? this.values({ ...of, expr: wraps }, depth + 1) : [];
  }

  /** Languages that define methods apart from their type bind them as `Type.method`. */
  private method(owner: Value, type: string, key: string, depth: number): Value[] {
    if (type === '') return [];
    const expr: Expr = { e: 'name', name: `${type}.${key}`, scope: 0 };
    return this.values({ ...owner, expr }, depth).filter((value) => value.expr.e === 'fn');
  }

  /** Something of which only the class is known that it is declared with. */
  private memberOfType(owner: Value, type: string, key: string, depth: number): Value[] {
    const expr: Expr = { e: 'name', name: type, scope: 0 };
    return this.values({ file: owner.file, env: nowhere, expr }, depth)
      .filter((value) => value.expr.e === 'class')
      .flatMap((value) => this.member(value, key, depth + 1));
  }

  private name(expr: Extract<Expr, { e: 'name' }>, of: Closure, depth: number): Value[] {
    const facts = this.sources.load(of.file);
    const bound = facts && bindingsOf(facts, expr.name, expr.scope);
    if (bound) return this.alternatives(bound, of, depth);
    for (const star of facts?.stars ?? []) {
      const known = this.exported(star, expr.name, of, depth).filter(
        (value) => value.expr.e !== 'import',
      );
      if (known.length > 0) return known;
    }
    return [{ ...of, context: of.env }];
  }

  /** What a name is bound to; a name that is made of itself (`tools = append(tools, …)`) ends. */
  private alternatives(bound: readonly Expr[], of: Closure, depth: number): Value[] {
    const active = this.active.get(bound) ?? 0;
    if (active >= maxRounds) return [];
    this.active.set(bound, active + 1);
    const values = bound.flatMap((part) => this.values({ ...of, expr: part }, depth + 1));
    this.active.set(bound, active);
    return values;
  }

  private imported(expr: Extract<Expr, { e: 'import' }>, of: Closure, depth: number): Value[] {
    const asIs: Value[] = [{ ...of, context: of.env }];
    if (expr.name === '*') return asIs;
    const found = this.exported(expr.from, expr.name, of, depth);
    if (found.length > 0) return found;
    const submodule = this.submodule(expr.from, expr.name, of.file);
    return submodule ? this.values({ ...of, expr: submodule }, depth + 1) : asIs;
  }

  /** What a module has under a name; the first of its files that has something answers. */
  private exported(module: string, name: string, of: Closure, depth: number): Value[] {
    for (const exported of this.exports.find(module, name, of.file)) {
      const found = exported.flatMap(({ file, expr }) =>
        this.values({ file, env: nowhere, expr }, depth + 1),
      );
      if (found.length > 0) return found.map((value) => ({ ...value, context: of.env }));
    }
    return [];
  }

  exportedNames(module: string, file: string): string[] {
    return this.exports.names(module, file);
  }

  /** Python: `from package import module`. */
  private submodule(from: string, name: string, file: string): Expr | null {
    const module = from.endsWith('.') ? `${from}${name}` : `${from}.${name}`;
    const isModule = file.endsWith('.py') && this.exports.resolve(module, file).length > 0;
    return isModule ? { e: 'import', from: module, name: '*' } : null;
  }

  private parameter(expr: Extract<Expr, { e: 'param' }>, of: Closure, depth: number): Value[] {
    const key = `${of.file}#p${expr.fn}.${expr.position}`;
    const known = of.env.get(key);
    if (known) {
      // What was chosen for the argument holds for what else comes from the same call.
      return this.values(known, depth + 1).map((value) => ({
        ...value,
        context: merge(of.env, value.context),
      }));
    }
    const values = this.callers.of(of.file, expr.fn, of.env, depth + 1).flatMap((context) => {
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

  /** What a call returns; `position` is that of the result, where there are several. */
  private call(
    expr: Extract<Expr, { e: 'call' }>,
    of: Closure,
    depth: number,
    position = 0,
  ): Value[] {
    const built = position === 0 ? callBuiltin(this, expr, of, depth + 1) : null;
    if (built) return built;
    return this.each(of, expr.callee, depth, (callee) => {
      if (callee.expr.e === 'class') return [this.classes.instance(callee, expr, of)];
      if (callee.expr.e !== 'fn') return [{ ...of, env: callee.context, context: callee.context }];
      const { file, expr: target } = callee;
      const facts = this.sources.load(file)?.functions[target.id];
      const env = new Map(callee.env);
      for (const placed of placeArguments(expr.args, facts?.params ?? [])) {
        env.set(`${file}#p${target.id}.${placed.position}`, {
          file: of.file,
          env: callee.context,
          expr: placed.value,
        });
      }
      const parts = position === 0 ? facts?.returns : facts?.results.map((all) => all[position]);
      const returned = (parts ?? []).flatMap((part) =>
        part ? this.values({ file, env, expr: part }, depth + 1) : [],
      );
      const known = returned.map((value) => ({
        ...value,
        context: merge(callee.context, chosenOutside(value.context, env)),
      }));
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

/** A property of something that is not in the workspace: still worth knowing what of. */
function opaque(owner: Value, key: string): Value[] {
  if (['object', 'class', 'text', 'fn', 'list'].includes(owner.expr.e)) return [];
  return [{ ...owner, expr: { e: 'member', of: owner.expr, key } }];
}
