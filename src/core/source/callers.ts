import { placeArguments } from './arguments.js';
import type { ClassIndex } from './classes.js';
import { type Environment, merge, nowhere, type Value } from './closures.js';
import { type Evaluator, maxDepth, maxValues } from './evaluate.js';
import { CallIndex, type CallSite, isReturned } from './program.js';

/** Leads from a function's parameters to the arguments that it is called with. */
export class Callers {
  private readonly calls: CallIndex;
  private readonly results = new Map<CallSite, readonly Value[]>();

  constructor(
    private readonly evaluator: Evaluator,
    private readonly classes: ClassIndex,
  ) {
    this.calls = new CallIndex(evaluator.sources);
  }

  /** Where a function is called, with its parameters standing for the arguments there. */
  of(file: string, fn: number, env: Environment, depth: number): Environment[] {
    const facts = this.evaluator.sources.load(file);
    if (!facts) return [];
    const found: Environment[] = [];
    for (const site of this.calls.find(file, facts, fn)) {
      const callee = site.elementsOf === null ? site.call.callee : site.call.args[0]?.value;
      if (!callee) continue;
      const isThis =
        (callee.e === 'fn' && site.file === file && callee.id === fn) ||
        this.evaluator
          .values({ file: site.file, env: nowhere, expr: callee }, depth + 8)
          .some((value) => this.runs(value, file, fn));
      if (isThis) found.push(...this.bindArguments(site, file, fn, env, depth));
      if (found.length > maxValues) break;
    }
    if (isReturned(facts, fn)) {
      for (const site of this.calls.ofResults()) {
        for (const value of this.returned(site))
          if (this.runs(value, file, fn))
            found.push(...this.bindArguments(site, file, fn, merge(env, value.env), depth));
        if (found.length > maxValues) break;
      }
    }
    return found;
  }

  /** What a call's result is, where that is called in turn: asked of every such call, so kept. */
  private returned(site: CallSite): readonly Value[] {
    let values = this.results.get(site);
    if (!values) {
      values = this.evaluator.values(
        { file: site.file, env: nowhere, expr: site.call.callee },
        maxDepth / 2,
      );
      this.results.set(site, values);
    }
    return values;
  }

  /** Whether calling a value runs the function; a class runs its constructor. */
  private runs(value: Value, file: string, fn: number): boolean {
    if (value.expr.e === 'fn') return value.file === file && value.expr.id === fn;
    const made = value.expr.e === 'class' ? this.classes.constructorOf(value) : null;
    return made?.file === file && made.fn === fn;
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
      return this.evaluator
        .elements(list, depth + 1)
        .map((element) => new Map(env).set(`${file}#p${fn}.0`, element));
    }
    const bound = new Map(env);
    const params = this.evaluator.sources.load(file)?.functions[fn]?.params ?? [];
    for (const { position, value } of placeArguments(site.call.args, params)) {
      // The environment passes on, so that what a loop around the call chose stays chosen.
      bound.set(`${file}#p${fn}.${position}`, { file: site.file, env: nowhere, expr: value });
    }
    return [bound];
  }
}
