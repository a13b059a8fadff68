/**
 * A `.env` file: `NAME=value` lines, `export` allowed, `#` comments, single quotes as they are,
 * double quotes with `\n`, `\t`, `\"` and `\\`, values over several lines inside quotes.
 */
export function parseEnvFile(text: string): Record<string, string> {
  const values = Object.create(null) as Record<string, string>;
  const line =
    /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*('[^']*'|"(?:\\[\s\S]|[^"\\])*"|[^\r\n]*)/gm;
  for (const [, name = '', raw = ''] of text.replace(/^\uFEFF/, '').matchAll(line)) {
    values[name] = unquote(raw);
  }
  return values;
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

function unquote(raw: string): string {
  if (raw.startsWith("'") && raw.endsWith("'") && raw.length > 1) return raw.slice(1, -1);
  if (raw.startsWith('"') && raw.endsWith('"') && raw.length > 1) {
    return raw
      .slice(1, -1)
      .replace(/\\([\s\S])/g, (_, escaped: string) => escapes[escaped] ?? escaped);
  }
  return raw.replace(/(^|\s)#.*$/, '').trim();
}
