/** The shim's command line and environment. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ContentLevel } from '../core/mcp/content.js';

export interface ShimOptions {
  /** Base URL of an OTLP/HTTP receiver; null: discover one. */
  readonly endpoint: string | null;
  readonly token: string | null;
  readonly name: string;
  readonly inject: boolean;
  readonly content: ContentLevel;
  /** Longest body that is kept, in characters. */
  readonly contentLimit: number;
  /** More to hide, comma-separated: keys, JSONPaths that start with `$`, patterns between `/`. */
  readonly redact: string;
  /** Rules of `core/mcp/outcomes`, or null for the default ones. */
  readonly payloadRules: string | null;
  readonly hooks: boolean;
  readonly spoolDir: string;
  readonly spoolLimit: number;
  /** Where collectors announce themselves. */
  readonly home: string;
  readonly http: { readonly url: string; readonly port: number } | null;
  readonly command: readonly string[];
}

export class UsageError extends Error {}

const levels: readonly string[] = ['full', 'redacted', 'keys', 'none'] satisfies ContentLevel[];

/** @throws UsageError that says what is wrong and what to do. */
export function parseOptions(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ShimOptions {
  const flags = new Map<string, string>();
  const switches = new Set<string>();
  let command: readonly string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      command = words.slice(index + 1);
      break;
    }
    const [, name = '', , inline] = /^--([a-z-]+)(=([\s\S]*))?$/.exec(word) ?? [];
    if (name === 'no-inject' || name === 'no-hooks') switches.add(name);
    else if (valued.has(name)) {
      const value = inline ?? words[++index];
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      flags.set(name, value);
    } else throw new UsageError(`unknown option ${word}; the server's command goes after --`);
  }
  const of = (flag: string, variable: string) => flags.get(flag) ?? (env[variable] || undefined);
  const url = flags.get('http');
  if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`--http wants an http or https URL, not '${url}'`);
  }
  if (!url && command.length === 0) {
    throw new UsageError('no command; usage: shim.js [options] -- COMMAND [ARG…] | --http URL');
  }
  const home = env.SPANPATH_HOME || join(homedir(), '.spanpath');
  return {
    endpoint: of('endpoint', 'SPANPATH_ENDPOINT')?.replace(/\/+$/, '') ?? null,
    token: of('token', 'SPANPATH_TOKEN') ?? null,
    name: of('name', 'SPANPATH_SERVER') ?? defaultName(url, command),
    inject: !switches.has('no-inject'),
    content: contentLevel(of('content', 'SPANPATH_CONTENT'), env),
    contentLimit: wholeNumber(
      'content-limit',
      of('content-limit', 'SPANPATH_CONTENT_LIMIT'),
      262_144,
    ),
    redact: of('redact', 'SPANPATH_REDACT') ?? '',
    payloadRules: of('payload-errors', 'SPANPATH_PAYLOAD_ERRORS') ?? null,
    hooks: !switches.has('no-hooks'),
    spoolDir: of('spool', 'SPANPATH_SPOOL') ?? join(home, 'spool'),
    spoolLimit: wholeNumber('spool-limit', of('spool-limit', 'SPANPATH_SPOOL_LIMIT'), 64 << 20),
    home,
    http: url ? { url, port: portOf(flags.get('listen')) } : null,
    command,
  };
}

const valued = new Set([
  'endpoint',
  'token',
  'name',
  'content',
  'content-limit',
  'redact',
  'payload-errors',
  'spool',
  'spool-limit',
  'http',
  'listen',
]);

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,12}$/.test(text))
    throw new UsageError(`--${name} wants a whole number, not '${text}'`);
  return Number(text);
}

function portOf(text: string | undefined): number {
  const port = wholeNumber('listen', text, 0);
  if (port > 65_535) throw new UsageError(`--listen wants a port up to 65535, not ${port}`);
  return port;
}

/** The switches of others that mean "keep no content" are honoured when ours is not set. */
function contentLevel(
  text: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ContentLevel {
  if (text !== undefined) {
    if (levels.includes(text)) return text as ContentLevel;
    throw new UsageError(`--content is one of ${levels.join(', ')}, not '${text}'`);
  }
  const refused =
    /^(?:false|0)$/i.test(env.TRACELOOP_TRACE_CONTENT ?? '') ||
    /^(?:false|0|no_content)$/i.test(env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT ?? '');
  return refused ? 'none' : 'redacted';
}

function defaultName(url: string | undefined, command: readonly string[]): string {
  if (url) return new URL(url).host;
  const words = command.filter((word) => !word.startsWith('-'));
  const script =
    words.find((word, index) => index > 0 && /[\w]/.test(word)) ?? words[0] ?? 'server';
  return (
    script
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/\.(?:[cm]?[jt]s|py|exe|cmd)$/, '') || 'server'
  );
}
