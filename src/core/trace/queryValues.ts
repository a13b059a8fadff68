/** Whole text in any case; `*` stands for anything. Never a regular expression of the user's. */
export function textMatcher(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split('*');
  if (parts.length === 1) return (text) => text.toLowerCase() === parts[0];
  const first = parts[0]!;
  const last = parts.at(-1)!;
  return (text) => {
    const lower = text.toLowerCase();
    if (!lower.startsWith(first)) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = lower.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return lower.length - last.length >= at && lower.endsWith(last);
  };
}

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** `200ms` in ns; a bare number is milliseconds. Null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)?$/i.exec(text);
  if (!match) return null;
  return Number(match[1]) * (units[(match[2] ?? 'ms').toLowerCase()] ?? 1e6);
}
