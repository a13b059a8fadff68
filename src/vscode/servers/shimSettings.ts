/** What the settings say about tracing, and how the shim is told. Pure, so that it can be tested. */

export interface ShimSettings {
  readonly content: string;
  /** Characters of one body. */
  readonly contentLimit: number;
  /** More to hide: keys, JSONPaths that start with `$`, patterns between slashes. */
  readonly redact: readonly string[];
  /** When a successful result counts as failed; none: never. */
  readonly payloadErrors: readonly string[];
  readonly hooks: boolean;
  readonly inject: boolean;
  /** Megabytes of the folder where telemetry waits. */
  readonly spoolLimit: number;
}

/** As in the manifest; what is as here is not said to the shim, whose own defaults are the same. */
export const defaultShimSettings: ShimSettings = {
  content: 'redacted',
  contentLimit: 262_144,
  redact: [],
  payloadErrors: [
    'isError=true',
    'is_error=true',
    'error',
    'errors',
    'success=false',
    'ok=false',
    'status=error|failed|failure',
  ],
  hooks: true,
  inject: true,
  spoolLimit: 64,
};

/** `get` answers for the section `spanpath`. */
export function readShimSettings(settings: { get<T>(key: string, otherwise: T): T }): ShimSettings {
  const otherwise = defaultShimSettings;
  return {
    content: settings.get('content', otherwise.content),
    contentLimit: settings.get('contentLimit', otherwise.contentLimit),
    redact: settings.get('redact', otherwise.redact),
    payloadErrors: settings.get('payloadErrors', otherwise.payloadErrors),
    hooks: settings.get('hooks.enabled', otherwise.hooks),
    inject: settings.get('injectContext', otherwise.inject),
    spoolLimit: settings.get('spoolLimit', otherwise.spoolLimit),
  };
}

export function shimWords(settings: ShimSettings): string[] {
  const { content, contentLimit, redact, payloadErrors, hooks, inject, spoolLimit } = settings;
  const rules = payloadErrors.join(',');
  return [
    '--content',
    content,
    ...(contentLimit === defaultShimSettings.contentLimit
      ? []
      : ['--content-limit', String(contentLimit)]),
    ...(redact.length > 0 ? ['--redact', redact.join(',')] : []),
    ...(rules === defaultShimSettings.payloadErrors.join(',')
      ? []
      : ['--payload-errors', rules || 'off']),
    ...(hooks ? [] : ['--no-hooks']),
    ...(inject ? [] : ['--no-inject']),
    ...(spoolLimit === defaultShimSettings.spoolLimit
      ? []
      : ['--spool-limit', String(Math.round(spoolLimit * 2 ** 20))]),
  ];
}
