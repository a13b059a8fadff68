/** Host and the form that calls a tool, prompt or resource. */
import type { HandlerKind } from './handlers.js';
import type { HostRequests } from './host.js';

/** What the form is about. Prompts and resource templates get a schema made from their arguments. */
export interface CallSubject {
  /** Stable for one tool of one server; the last values are remembered under it. */
  readonly id: string;
  readonly server: string;
  readonly kind: HandlerKind;
  /** Tool or prompt name, resource URI or template. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly schema: { readonly [key: string]: unknown };
  /** Arguments as JSON text: what was sent last, or the call that is replayed; null at first. */
  readonly lastArguments: string | null;
  /** Call at once: a replay. */
  readonly callNow?: boolean;
  /** Said above the button, e.g. that values of a replayed call were hidden when it was recorded. */
  readonly note?: string;
  /** Said when a file of the server is newer than its process; a restart runs the edit. */
  readonly older?: string;
  /** The server proposes values for these arguments (`completion/complete`). */
  readonly completes?: boolean;
}

/** How a call of the form ended. */
export interface CallResult {
  /**
   * As the server sent it, but for texts that are named in `long`; null when it answered with an
   * error or not at all.
   */
  readonly result: { readonly [key: string]: unknown } | null;
  /** Whole length of each text of which only the beginning is there, e.g. `content.0.text`. */
  readonly long?: { readonly [path: string]: number };
  readonly error: { readonly code: number | null; readonly message: string } | null;
  readonly cancelled: boolean;
  readonly milliseconds: number;
}

export type FormRequests = {
  /** The page is ready; answers what to show, or null. */
  'form/subject': { params: null; result: CallSubject | null };
  'form/call': { params: { id: string; arguments: string }; result: CallResult };
  /** The whole of a long text of the last result. */
  'form/openLong': { params: { path: string; language: string }; result: null };
  'form/copyLong': { params: { path: string }; result: null };
  'form/cancel': { params: null; result: null };
  /** Remembers arguments that were not sent yet. */
  'form/keep': { params: { id: string; arguments: string }; result: null };
  'form/openHandler': { params: { id: string }; result: null };
  /** Restarts the server of the form; false when it does not run then. */
  'form/restart': { params: null; result: boolean };
  /** What the server proposes for one argument, given what else is filled in. */
  'form/complete': {
    params: { argument: string; value: string; others: { readonly [name: string]: string } };
    result: readonly string[];
  };
  'form/pick': { params: null; result: null };
  /** Selects the last call of the form in the trace view. */
  'form/showTrace': { params: null; result: null };
  'clipboard/write': HostRequests['clipboard/write'];
  'text/open': HostRequests['text/open'];
  'link/open': HostRequests['link/open'];
};

export type FormEvents = {
  'form/show': CallSubject;
  'call/progress': { progress: number; total: number | null; message: string };
  /** As `CallSubject.older`; null when the process is as new as its files. */
  'form/older': { note: string | null };
};
