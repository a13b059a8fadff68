import type { PieceSource } from './piece.js';
import { toJsonShape } from './writeJson.js';

/** What goes into a page beside its spans. */
export interface PageParts {
  /** Shown as the title of the tab. */
  readonly title: string;
  /** The view's script and style, built for a browser; fonts in the style as `data:` addresses. */
  readonly script: string;
  readonly style: string;
  /** The host inside the page: reads the spans and answers the view. Runs before `script`. */
  readonly host: string;
  /** Base64 of the SHA-256 of a text's UTF-8. */
  readonly sha256: (text: string) => string;
}

/**
 * One page that shows the same view without Spanpath and without a network: everything is inside,
 * and its policy lets nothing run but the two scripts, named by their hashes. Telemetry stands in
 * blocks of JSON, one piece a line, in which no tag can end or begin.
 */
export async function* writePage(
  source: PieceSource,
  parts: PageParts,
): AsyncGenerator<string, void, void> {
  const host = inScript(parts.host);
  const script = inScript(parts.script);
  const style = parts.style.replaceAll('</', '<\\/');
  const policy = [
    "default-src 'none'",
    `script-src '${hash(parts, host)}' '${hash(parts, script)}'`,
    // The controls make an empty style element and fill it by script; the hash of nothing lets it be.
    `style-src '${hash(parts, style)}' '${hash(parts, '')}'`,
    'font-src data:',
    'img-src data: blob:',
    'media-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeText(parts.title)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
`;
  for (const signal of ['traces', 'logs'] as const) {
    for await (const piece of source(signal)) {
      const json = escapeJson(JSON.stringify(toJsonShape(piece)));
      yield `<script type="application/json" data-spanpath="${signal}">\n${json}\n</script>\n`;
    }
  }
  yield `<script>${host}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** JSON in which nothing reads as markup; it parses to the same value. */
export function escapeJson(json: string): string {
  return json
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/**
 * Our own script. What could end its block or hide the end stands only in its texts, where an
 * escape means the same; in code the bundler writes neither.
 */
function inScript(script: string): string {
  return script.replaceAll(/<(?=\/script|!--)/gi, '\\x3c');
}

function hash(parts: PageParts, text: string): string {
  return `sha256-${parts.sha256(text)}`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
