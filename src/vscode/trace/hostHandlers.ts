import * as vscode from 'vscode';
import type { HandlerService } from '../handlers/handlerService.js';
import type { TextDocuments } from './textDocuments.js';
import type { HostHandlers } from './tracePanel.js';

/** What the view may ask of the editor, besides reading traces. */
export function createHostHandlers(parts: {
  readonly handlers: HandlerService;
  readonly texts: TextDocuments;
  readonly run: HostHandlers['command/run'];
}): HostHandlers {
  const { handlers, texts } = parts;
  return {
    'handler/open': (span) => handlers.open(span),
    'handler/resolve': (span) => handlers.resolve(span),
    'source/open': ({ span, ...place }) => handlers.openPlace(span, place),
    'clipboard/write': async ({ text }) => {
      await vscode.env.clipboard.writeText(text);
      return null;
    },
    'text/open': async ({ title, text, language }) => {
      await texts.open(title, text, language);
      return null;
    },
    'text/diff': async ({ title, language, left, right }) => {
      await texts.diff(title, language, left, right);
      return null;
    },
    'link/open': async ({ url }) => {
      await openLink(url);
      return null;
    },
    'command/run': parts.run,
  };
}

/** Addresses come from span data: only http and https, and only after a look at the whole. */
async function openLink(address: string): Promise<void> {
  const uri = vscode.Uri.parse(address, true);
  if (uri.scheme !== 'http' && uri.scheme !== 'https') {
    throw new Error(`Only http and https links are opened, not ${uri.scheme}`);
  }
  const open = 'Open';
  const answer = await vscode.window.showInformationMessage(
    'Open this link from the trace in your browser?',
    { modal: true, detail: address },
    open,
  );
  if (answer === open) await vscode.env.openExternal(uri);
}
