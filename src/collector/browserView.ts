import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { escapeJson } from '../core/exchange/writePage.js';
import type {
  AnswerAhead,
  HostEvents,
  HostRequests,
  SessionSummary,
  TraceRequests,
} from '../core/protocol.js';
import { Rpc } from '../core/rpc.js';
import { firstQuestion } from '../core/view/firstView.js';
import { type Access, tokenInQuery } from './access.js';
import type { ChangeFeed } from './changeFeed.js';
import type { Handlers } from './queries.js';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
};
/** Names of files in `dist/webview`; a request can name nothing else. */
const fileName = /^[\w-]+\.(?:js|css|ttf|svg)$/;
/** The build puts a hash of the content into the names of fonts. */
const namedByContent = /-[A-Z0-9]{8}\.\w+$/;

/** Sent before anything is looked up: the browser reads the view meanwhile. */
const beginningOf = ([style, script, controls]: readonly string[]): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}" data-controls="${controls}"></script>
<title>Spanpath</title>
</head>
<body>
<div id="app"></div>
`;

const noEditor = 'a browser page has no editor; open the workspace in VS Code';

function versionOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** The trace view as a page: `/ui/`, its files, and the Rpc of the view over `/ui/rpc`. */
export class BrowserView {
  /** Of the files as they were last written. */
  private readonly versions = new Map<string, { written: string; version: string }>();
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 8 * 1024 * 1024 });

  constructor(
    /** `dist/webview`. */
    private readonly directory: string,
    private readonly access: Access,
    private readonly queries: Handlers<TraceRequests>,
    private readonly feed: ChangeFeed,
    private readonly clear: () => void,
  ) {}

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    port: number,
  ): Promise<void> {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; media-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const name = url.pathname.slice('/ui/'.length);
    if (url.pathname === '/ui/' || url.pathname === '/ui') {
      const token = tokenInQuery(request);
      if (token !== null) {
        const cookie = `${this.access.cookieName(port)}=${token}`;
        response.setHeader('Set-Cookie', `${cookie}; HttpOnly; SameSite=Strict; Path=/ui/`);
      }
      const files = ['main.css', 'main.js', 'controls.js'] as const;
      const addresses = await Promise.all(files.map((file) => this.addressOf(file)));
      response
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        .write(beginningOf(addresses));
      const ahead = JSON.stringify(await this.answersAhead());
      response.end(
        `<script type="application/json" id="ahead">${escapeJson(ahead)}</script>\n</body>\n</html>\n`,
      );
      return;
    }
    const type = types[extname(name)];
    if (!fileName.test(name) || type === undefined) {
      response.writeHead(404).end();
      return;
    }
    try {
      const content = await readFile(join(this.directory, name));
      if (namedByContent.test(name) || url.searchParams.get('v') === versionOf(content)) {
        response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
      }
      response.writeHead(200, { 'Content-Type': type }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.talk(opened));
  }

  /** With the file's version: a browser keeps it until it changes. */
  private async addressOf(name: string): Promise<string> {
    const path = join(this.directory, name);
    try {
      const { mtimeMs, size } = await stat(path);
      const written = `${mtimeMs} ${size}`;
      let known = this.versions.get(name);
      if (known?.written !== written) {
        known = { written, version: versionOf(await readFile(path)) };
        this.versions.set(name, known);
      }
      return `${name}?v=${known.version}`;
    } catch {
      return name;
    }
  }

  /** What the view asks first, answered in the page itself: its rows need no further way. */
  private async answersAhead(): Promise<readonly AnswerAhead[]> {
    try {
      return [
        {
          method: 'rows/list',
          params: firstQuestion,
          result: await this.queries['rows/list'](firstQuestion),
        },
        {
          method: 'session/summary',
          params: null,
          result: await this.queries['session/summary'](null),
        },
      ];
    } catch {
      // The view asks again and is told what is wrong.
      return [];
    }
  }

  close(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  private talk(socket: WebSocket): void {
    socket.on('error', () => {});
    const rpc = new Rpc<Record<never, never>, HostRequests, Record<never, never>, HostEvents>(
      {
        send: (message) => socket.send(JSON.stringify(message)),
        onMessage: (listener) =>
          socket.on('message', (data) => {
            try {
              listener(JSON.parse(String(data)));
            } catch {
              socket.close(1007);
            }
          }),
      },
      {
        ...this.queries,
        'handler/open': () => ({ opened: false, reason: noEditor }),
        'handler/resolve': () => null,
        'source/open': () => ({ opened: false, reason: noEditor }),
        'command/run': ({ command }) => {
          if (command !== 'clear') throw new Error(noEditor);
          this.clear();
          return null;
        },
      },
    );
    // What came between the page's answers and this socket is told now.
    rpc.emit('session/changed', this.queries['session/summary'](null) as SessionSummary);
    const stop = this.feed.subscribe((summary) => rpc.emit('session/changed', summary));
    socket.on('close', stop);
  }
}
