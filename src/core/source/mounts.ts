import type { HandlerPlace } from '../protocol.js';
import { madeKey } from './classes.js';
import { type Closure, nowhere } from './closures.js';
import type { Evaluator } from './evaluate.js';
import type { Registration } from './facts.js';

/** Servers that others pass on: their tools are called by names with a prefix. */
export class Mounts {
  /** By where a server is made. */
  private readonly prefixes = new Map<string, Set<string>>();

  constructor(private readonly evaluator: Evaluator) {
    for (const [file, facts] of evaluator.sources.files()) {
      for (const { server, prefix } of facts.mounts) {
        evaluator.startAnew();
        const texts = evaluator
          .values({ file, env: nowhere, expr: prefix })
          .flatMap(({ expr }) => (expr.e === 'text' && expr.value !== '' ? [expr.value] : []));
        for (const key of this.made({ file, env: nowhere, expr: server })) {
          const known = this.prefixes.get(key) ?? new Set();
          for (const text of texts) known.add(text);
          this.prefixes.set(key, known);
        }
      }
    }
  }

  /** The same place under every name that it has by being mounted. */
  of(place: HandlerPlace, file: string, { receiver }: Registration): HandlerPlace[] {
    if (this.prefixes.size === 0 || !receiver) return [];
    return this.made({ file, env: nowhere, expr: receiver })
      .flatMap((key) => [...(this.prefixes.get(key) ?? [])])
      .map((prefix) => ({
        ...place,
        name: /^[\w.+-]+:\/\//.test(place.name)
          ? place.name.replace('://', `://${prefix}/`)
          : `${prefix}_${place.name}`,
        ...(place.uri ? { uri: place.uri.replace('://', `://${prefix}/`) } : {}),
      }));
  }

  private made(server: Closure): string[] {
    return this.evaluator
      .values(server)
      .map((value) =>
        value.expr.e === 'class'
          ? (value.env.get(madeKey(value.file, value.expr.id)) ?? value)
          : value,
      )
      .flatMap(({ file, expr }) =>
        expr.e === 'call' ? [`${file}:${expr.spot.line}:${expr.spot.column}`] : [],
      );
  }
}
