import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The controls' library makes an empty `<style>` and fills it through the DOM, which no policy
 * forbids; this hash allows the empty one and nothing else.
 */
const emptyStyleHash = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/** The page of a webview: scripts and one style sheet from `dist/`, and nothing else may run. */
export function renderPage(
  webview: vscode.Webview,
  distDir: vscode.Uri,
  page: {
    readonly script: string;
    readonly style: string;
    readonly title: string;
    /** A script that the first one reads when it has time. */
    readonly controls?: string;
  },
): string {
  const nonce = randomBytes(16).toString('base64url');
  const uri = (path: string) => webview.asWebviewUri(vscode.Uri.joinPath(distDir, path)).toString();
  const controls = page.controls ? ` data-controls="${uri(page.controls)}"` : '';
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} '${emptyStyleHash}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
    'media-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri(page.style)}">
<title>${page.title}</title>
</head>
<body>
<div id="app"></div>
<script type="module" nonce="${nonce}" src="${uri(page.script)}"${controls}></script>
</body>
</html>`;
}
