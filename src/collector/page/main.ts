/**
 * The host inside an exported page: reads the telemetry that the page carries, and answers its view
 * as a collector would. Runs in a browser, without network and without Node.
 */
import { jsonToProtobuf } from '../../core/otlp/jsonRequest.js';
import { signals } from '../../core/otlp/schema.js';
import { encodeText } from '../../core/otlp/text.js';
import type { HostEvents, HostRequests } from '../../core/protocol.js';
import { type MessageChannelLike, Rpc } from '../../core/rpc.js';
import type { ChunkSignal } from '../store.js';
import { openPageSession } from './pageSession.js';

interface Block {
  readonly dataset: { readonly spanpath?: string };
  readonly textContent: string | null;
  remove(): void;
}
declare const document: { querySelectorAll(selector: string): ArrayLike<Block> };
declare const navigator: { clipboard?: { writeText(text: string): Promise<void> } };
declare function open(url: string, target: string, features: string): unknown;

const noEditor = 'this page has no editor; open the workspace in VS Code';
const noServer = 'this page is a recording; it can start nothing';

const { ingest, queries } = openPageSession();
const listeners: Record<'host' | 'view', ((message: unknown) => void)[]> = { host: [], view: [] };

/** Messages are copied, so that neither end sees what the other does with them, and come later. */
function channel(own: 'host' | 'view', other: 'host' | 'view'): MessageChannelLike {
  return {
    send: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[other]) listener(copy);
      });
    },
    onMessage: (listener) => void listeners[own].push(listener),
  };
}

const rpc = new Rpc<Record<never, never>, HostRequests, Record<never, never>, HostEvents>(
  channel('host', 'view'),
  {
    ...queries,
    'handler/open': () => ({ opened: false, reason: noEditor }),
    'handler/resolve': () => null,
    'source/open': () => ({ opened: false, reason: noEditor }),
    'command/run': () => {
      throw new Error(noServer);
    },
    'clipboard/write': async ({ text }) => {
      if (!navigator.clipboard) throw new Error('this browser keeps the clipboard from pages');
      await navigator.clipboard.writeText(text);
      return null;
    },
    'link/open': ({ url }) => {
      if (/^https?:\/\//i.test(url)) open(url, '_blank', 'noopener,noreferrer');
      return null;
    },
  },
);

/** Read by the view (`webview/connection.ts`). */
Object.assign(globalThis, { spanpathPage: channel('view', 'host') });

const blocks = Array.from(document.querySelectorAll('script[data-spanpath]'));
/** Blocks read before the page is painted again. */
const atOnce = 4;

function read(from: number): void {
  for (const block of blocks.slice(from, from + atOnce)) {
    const signal = block.dataset.spanpath as ChunkSignal;
    const json = encodeText(block.textContent ?? '');
    block.remove();
    ingest.receive([{ signal, body: jsonToProtobuf(signals[signal], json).bytes }]);
  }
  if (from > 0) rpc.emit('session/changed', summary());
  if (from + atOnce < blocks.length) setTimeout(() => read(from + atOnce), 0);
}

function summary(): HostEvents['session/changed'] {
  return queries['session/summary'](null) as HostEvents['session/changed'];
}

read(0);
