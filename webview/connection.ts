/** How the app reaches its host: inside VS Code by `postMessage`, in a browser by WebSocket. */
import type { HostEvents, HostRequests } from '../src/core/protocol.js';
import { type MessageChannelLike, Rpc } from '../src/core/rpc.js';
import { readAnswersAhead, withAnswersAhead } from './answersAhead.js';

export type Host = Rpc<HostRequests, Record<never, never>, HostEvents, Record<never, never>>;

/** Where the view's state is kept across hiding and reloading. */
export interface StateMemory {
  read(): unknown;
  write(state: unknown): void;
}

export interface Connection {
  readonly host: Host;
  readonly memory: StateMemory;
  /** False in a plain browser, where no editor can open a file. */
  readonly inEditor: boolean;
  /** Called with the reason when the other end is gone for good. */
  onClosed(listener: (reason: string) => void): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Null outside of VS Code. */
export function connectToEditor(): Connection | null {
  if (typeof acquireVsCodeApi !== 'function') return null;
  const api = acquireVsCodeApi();
  const channel: MessageChannelLike = {
    send: (message) => api.postMessage(message),
    onMessage: (listener) =>
      window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
  };
  return {
    host: new Rpc(channel),
    memory: { read: () => api.getState(), write: (state) => api.setState(state) },
    inEditor: true,
    onClosed: () => undefined,
  };
}

/** An exported page carries its spans and a host that reads them; null anywhere else. */
export function connectToRecording(): Connection | null {
  const { spanpathPage } = globalThis as { spanpathPage?: MessageChannelLike };
  if (!spanpathPage) return null;
  return {
    host: new Rpc(spanpathPage),
    memory: { read: () => null, write: () => undefined },
    inEditor: false,
    onClosed: () => undefined,
  };
}

/** A page that brought its first answers along is painted before it needs the socket, ms. */
const latestSocketMs = 100;

/**
 * The collector's own page. Requests may be made at once; they wait for the socket, while the view
 * is put together.
 */
export function connectToCollector(place: Location): Connection {
  let socket: WebSocket | undefined;
  const waiting: string[] = [];
  let hear: (message: unknown) => void = () => undefined;
  const closed = new Set<(reason: string) => void>();
  const open = (): void => {
    if (socket) return;
    const made = new WebSocket(socketAddress(place));
    socket = made;
    let opened = false;
    made.addEventListener('message', ({ data }: MessageEvent<string>) => hear(JSON.parse(data)));
    made.addEventListener('open', () => {
      opened = true;
      for (const text of waiting.splice(0)) made.send(text);
    });
    made.addEventListener('close', () => {
      const reason = opened
        ? 'The collector closed the connection. Start it again and reload this page.'
        : 'The collector did not answer: it has ended, or the token is wrong.';
      host.close(reason);
      for (const listener of closed) listener(reason);
    });
  };
  const channel: MessageChannelLike = {
    send: (message) => {
      const text = JSON.stringify(message);
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
      else {
        waiting.push(text);
        open();
      }
    },
    onMessage: (listener) => {
      hear = listener;
    },
  };
  const answers = readAnswersAhead(document);
  const host: Host = new Rpc(withAnswersAhead(channel, answers));
  setTimeout(open, answers.length ? latestSocketMs : 0);
  return {
    host,
    memory: sessionMemory(),
    inEditor: false,
    onClosed: (listener) => closed.add(listener),
  };
}

/** The token of the page's address opens the socket. */
function socketAddress(place: Location): URL {
  const address = new URL('/ui/rpc', place.href);
  address.protocol = place.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = new URLSearchParams(place.search).get('token');
  if (token !== null) address.searchParams.set('token', token);
  return address;
}

export function sessionMemory(key = 'spanpath.view'): StateMemory {
  return {
    read: () => {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? 'null');
      } catch {
        return null;
      }
    },
    write: (state) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(state));
      } catch {
        // Full or switched off: the view works, it only forgets.
      }
    },
  };
}
