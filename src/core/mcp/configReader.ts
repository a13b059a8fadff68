import type { Node } from 'jsonc-parser';
import type { ConfigProblem } from './config.js';

/** Typed reading of a JSON tree that writes down what is wrong and where. */
export class ConfigReader {
  readonly problems: ConfigProblem[] = [];
  /** The server that is being read; its name goes into its problems. */
  server: string | null = null;

  report(message: string, offset: number, length: number): void {
    this.problems.push({ message, offset, length, server: this.server });
  }

  reportAt(node: Node, message: string): void {
    this.report(message, node.offset, node.length);
  }

  /** The last one counts when a key stands twice, as in `JSON.parse`. */
  property(object: Node, key: string): { name: Node; value: Node } | undefined {
    return this.properties(object).findLast(({ name }) => name.value === key);
  }

  /** The members of the object under `key`; nothing when it is absent. */
  object(parent: Node, key: string): { name: Node; value: Node }[] {
    const found = this.property(parent, key);
    if (!found) return [];
    if (found.value.type === 'object') return this.properties(found.value);
    this.reportAt(found.value, `"${key}" should be an object`);
    return [];
  }

  array(parent: Node, key: string): readonly Node[] {
    const found = this.property(parent, key);
    if (!found) return [];
    if (found.value.type === 'array') return found.value.children ?? [];
    this.reportAt(found.value, `"${key}" should be a list`);
    return [];
  }

  required(parent: Node, key: string, message: string): string {
    const found = this.property(parent, key);
    if (!found) {
      this.report(message, parent.offset, 1);
      return '';
    }
    const text = this.optional(parent, key);
    if (text === '') this.reportAt(found.value, message);
    return text ?? '';
  }

  optional(parent: Node, key: string): string | null {
    const found = this.property(parent, key);
    if (!found || found.value.type === 'null') return null;
    if (found.value.type === 'string') return found.value.value as string;
    this.reportAt(found.value, `"${key}" should be text in double quotes`);
    return null;
  }

  list(parent: Node, key: string): string[] {
    return this.array(parent, key).flatMap((node) => this.text(node, `"${key}"`));
  }

  oneOrMany(parent: Node, key: string): string[] {
    const found = this.property(parent, key);
    if (!found) return [];
    return found.value.type === 'string' ? [found.value.value as string] : this.list(parent, key);
  }

  strings(parent: Node, key: string): Record<string, string> {
    const pairs = this.object(parent, key).flatMap(({ name, value }) =>
      this.text(value, `"${name.value}"`).map((text) => [name.value as string, text] as const),
    );
    return record(pairs);
  }

  /** Like `strings`, but `null` is allowed: it removes an inherited variable. */
  variables(parent: Node, key: string): Record<string, string | null> {
    const pairs: [string, string | null][] = [];
    for (const { name, value } of this.object(parent, key)) {
      const texts = value.type === 'null' ? [null] : this.text(value, `"${name.value}"`);
      for (const text of texts) pairs.push([name.value as string, text]);
    }
    return record(pairs);
  }

  private text(node: Node, what: string): string[] {
    if (node.type === 'string' || node.type === 'number') return [String(node.value)];
    this.reportAt(node, `${what} should hold text in double quotes`);
    return [];
  }

  private properties(object: Node): { name: Node; value: Node }[] {
    return (object.children ?? []).flatMap((member) => {
      const [name, value] = member.children ?? [];
      return name && value ? [{ name, value }] : [];
    });
  }
}

/** `__proto__` and its like are names as any other. */
function record<T>(pairs: readonly (readonly [string, T])[]): Record<string, T> {
  const result: Record<string, T> = Object.create(null) as Record<string, T>;
  for (const [key, value] of pairs) result[key] = value;
  return result;
}
