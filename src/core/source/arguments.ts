import type { Argument, Expr } from './facts.js';

/** Which parameter each argument of a call is for; keywords that name none are left out. */
export function placeArguments(
  args: readonly Argument[],
  params: readonly string[],
): { readonly position: number; readonly value: Expr }[] {
  const [first] = args;
  // Go: `add(make())` where `make` has several results. Elsewhere no function has any.
  if (args.length === 1 && params.length > 1 && first?.value.e === 'call') {
    const of = first.value;
    return params.map((_param, position) => ({
      position,
      value: position === 0 ? of : { e: 'result', of, position },
    }));
  }
  return args
    .map(({ name, value }, index) => ({ position: name ? params.indexOf(name) : index, value }))
    .filter(({ position }) => position >= 0);
}
