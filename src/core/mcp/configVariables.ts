/** `${…}` in server configurations: which there are, and the configuration with their values. */
import type { ConfigDialect, ServerConfig } from './config.js';

/** `${name:argument}`, or `${NAME:-fallback}` in the shared dialect. */
export interface ConfigVariable {
  /** As written, with `${` and `}`. */
  readonly text: string;
  readonly name: string;
  readonly argument: string;
  readonly fallback: string | null;
}

/** The value, or undefined when there is none. */
export type VariableLookup = (variable: ConfigVariable) => string | undefined;

const pattern = /\$\{([^{}]*)\}/g;

function readVariable(text: string, inner: string, dialect: ConfigDialect): ConfigVariable {
  if (dialect === 'shared' && !inner.startsWith('env:') && !inner.startsWith('workspaceFolder')) {
    const dash = inner.indexOf(':-');
    const argument = dash < 0 ? inner : inner.slice(0, dash);
    return { text, name: 'env', argument, fallback: dash < 0 ? null : inner.slice(dash + 2) };
  }
  const colon = inner.indexOf(':');
  const name = colon < 0 ? inner : inner.slice(0, colon);
  return { text, name, argument: colon < 0 ? '' : inner.slice(colon + 1), fallback: null };
}

/** Each variable once, in the order they are first met. */
export function listVariables(server: ServerConfig, dialect: ConfigDialect): ConfigVariable[] {
  const found = new Map<string, ConfigVariable>();
  mapStrings(server, (text) => {
    for (const [whole, inner = ''] of text.matchAll(pattern)) {
      if (!found.has(whole)) found.set(whole, readVariable(whole, inner, dialect));
    }
    return text;
  });
  return [...found.values()];
}

/**
 * Values are put in once: a value that itself looks like `${…}` stays as it is. A variable with
 * neither value nor fallback is listed in `missing` and left as written.
 */
export function substituteVariables<S extends ServerConfig>(
  server: S,
  dialect: ConfigDialect,
  lookup: VariableLookup,
): { server: S; missing: ConfigVariable[] } {
  const missing = new Map<string, ConfigVariable>();
  const substitute = (text: string): string =>
    text.replace(pattern, (whole, inner: string) => {
      const variable = readVariable(whole, inner, dialect);
      const value = lookup(variable) ?? variable.fallback;
      if (value === null) missing.set(whole, variable);
      return value ?? whole;
    });
  return { server: mapStrings(server, substitute), missing: [...missing.values()] };
}

function mapStrings<S extends ServerConfig>(server: S, map: (text: string) => string): S {
  const mapRecord = <T extends string | null>(values: Readonly<Record<string, T>>) => {
    const result = Object.create(null) as Record<string, T>;
    for (const [key, value] of Object.entries(values)) {
      result[key] = (value === null ? null : map(value)) as T;
    }
    return result;
  };
  const mapped: ServerConfig =
    server.transport === 'stdio'
      ? {
          ...server,
          command: map(server.command),
          args: server.args.map(map),
          env: mapRecord(server.env),
          cwd: server.cwd === null ? null : map(server.cwd),
          envFile: server.envFile === null ? null : map(server.envFile),
          watch: server.watch.map(map),
        }
      : { ...server, url: map(server.url), headers: mapRecord(server.headers) };
  return mapped as S;
}
