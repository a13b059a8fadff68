import type { CallResult, CallSubject, FormEvents, FormRequests } from '../../src/core/protocol.js';
import type { Rpc } from '../../src/core/rpc.js';
import { isObject, type JsonValue } from '../../src/core/schema/json.js';
import { parseJsonText } from '../../src/core/schema/parseInput.js';
import { element, icon } from '../dom.js';
import { ArgumentsEditor, type Mode } from './argumentsEditor.js';
import { formHead } from './formHead.js';
import { ResultView } from './resultView.js';

export type FormHost = Rpc<FormRequests, Record<never, never>, FormEvents, Record<never, never>>;

const keepDelayMs = 400;
const verbs = { tool: 'Call', prompt: 'Get', resource: 'Read' } as const;

/** The whole page: one tool, prompt or resource, its arguments, a button and the answer. */
export class CallForm {
  private subject: CallSubject | null = null;
  private editor: ArgumentsEditor | null = null;
  private readonly result: ResultView;
  private running = false;
  private keepTimer: ReturnType<typeof setTimeout> | undefined;
  private call: HTMLButtonElement | null = null;
  private cancel: HTMLButtonElement | null = null;
  private readonly older = element('p', { class: 'note', role: 'status', hidden: true });

  constructor(
    private readonly root: HTMLElement,
    private readonly host: FormHost,
  ) {
    root.classList.add('call-form');
    root.setAttribute('role', 'main');
    const ask = host.request.bind(host);
    this.result = new ResultView({
      openText: (title, text, language) => void ask('text/open', { title, text, language }),
      copy: (text) => void ask('clipboard/write', { text }),
      openLong: (path, language) => void ask('form/openLong', { path, language }),
      copyLong: (path) => void ask('form/copyLong', { path }),
      openLink: (url) => void ask('link/open', { url }),
      showTrace: () => void ask('form/showTrace', null),
    });
    host.on('form/show', (subject) => this.show(subject));
    host.on('form/older', ({ note }) => this.showOlder(note));
    host.on('call/progress', (progress) => this.running && this.result.progress(progress));
    root.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void this.send();
      } else if (event.key === 'Escape' && this.running) void this.stop();
    });
  }

  async start(): Promise<void> {
    const subject = await this.host.request('form/subject', null);
    if (subject) this.show(subject);
    else if (!this.subject) this.showNothing();
  }

  private showNothing(): void {
    const pick = element('button', { type: 'button', class: 'primary' }, 'Choose a Tool…');
    pick.addEventListener('click', () => void this.host.request('form/pick', null));
    this.root.replaceChildren(
      element('p', { class: 'quiet' }, 'Select a tool under a running server to call it.'),
      pick,
    );
  }

  private show(subject: CallSubject): void {
    // Chosen again: what is being written stays, typed in this moment or not.
    if (this.subject && isSameForm(this.subject, subject)) {
      this.showOlder(subject.older ?? null);
      this.editor?.focusFirst();
      return;
    }
    const same = this.subject?.id === subject.id;
    this.root.dataset.tool = subject.name;
    this.root.dataset.server = subject.server;
    this.subject = subject;
    const last = subject.lastArguments === null ? null : parseJsonText(subject.lastArguments);
    const start = last && 'value' in last ? last.value : undefined;
    this.editor = new ArgumentsEditor(
      subject.schema,
      start as JsonValue | undefined,
      () => this.keepSoon(),
      subject.completes ? (argument, value) => this.propose(argument, value) : undefined,
    );
    this.showOlder(subject.older ?? null);
    if (!same) this.result.clear();
    const mode = last && 'problem' in last ? 'json' : 'form';
    if (mode === 'json') this.editor.showText(subject.lastArguments ?? '');
    this.root.replaceChildren(
      formHead(subject, () => {
        void this.host.request('form/openHandler', { id: subject.id });
      }),
      this.modeSwitch(mode),
      this.editor.element,
      ...noteOf(subject),
      this.older,
      this.footer(subject),
      this.result.element,
    );
    this.editor.focusFirst();
    if (subject.callNow) void this.send();
  }

  private modeSwitch(start: Mode): HTMLElement {
    const modes: [Mode, string][] = [
      ['form', 'Form'],
      ['json', 'JSON'],
    ];
    const buttons = modes.map(([mode, label]) => {
      const made = element('button', { type: 'button' }, label);
      made.setAttribute('aria-pressed', String(mode === start));
      made.addEventListener('click', () => {
        if (!this.editor?.switchTo(mode)) return;
        for (const [index, each] of buttons.entries()) {
          each.setAttribute('aria-pressed', String(modes[index]?.[0] === mode));
        }
      });
      return made;
    });
    return element(
      'div',
      { class: 'modes', role: 'group', 'aria-label': 'Write arguments as' },
      ...buttons,
    );
  }

  private footer(subject: CallSubject): HTMLElement {
    const call = element(
      'button',
      { type: 'button', class: 'primary', id: 'call' },
      verbs[subject.kind],
    );
    call.title = `${verbs[subject.kind]} (Ctrl+Enter)`;
    call.addEventListener('click', () => void this.send());
    const cancel = element(
      'button',
      { type: 'button', class: 'secondary', id: 'cancel' },
      'Cancel',
    );
    cancel.addEventListener('click', () => void this.stop());
    const reset = element(
      'button',
      { type: 'button', class: 'link', title: 'Back to the defaults' },
      icon('discard'),
      'Reset',
    );
    reset.addEventListener('click', () => {
      this.editor?.reset();
      this.keepSoon();
    });
    this.call = call;
    this.cancel = cancel;
    this.setRunning(this.running);
    return element('div', { class: 'actions' }, call, cancel, reset);
  }

  /** In the form problems have to be mended; written as JSON, a wrong call may be sent on purpose. */
  private async send(): Promise<void> {
    const { subject, editor } = this;
    if (!subject || !editor || this.running) return;
    const checked = editor.check();
    if (!checked.arguments || (checked.problems.length > 0 && editor.mode === 'form')) {
      editor.focusFirstProblem();
      return;
    }
    clearTimeout(this.keepTimer);
    this.setRunning(true);
    this.result.running();
    const text = editor.mode === 'json' ? editor.current : JSON.stringify(checked.arguments);
    const outcome = await this.host
      .request('form/call', { id: subject.id, arguments: text })
      .catch(notSent);
    // An answer stands under the tool that gave it, and under no other.
    if (this.subject?.id === subject.id) this.result.ended(outcome);
    this.setRunning(false);
  }

  /** The process is older than its files: says so beside the button, with the way to mend it. */
  private showOlder(note: string | null): void {
    this.older.hidden = note === null;
    if (note === null) return;
    const verb = verbs[this.subject?.kind ?? 'tool'];
    const restart = element(
      'button',
      { type: 'button', class: 'link', id: 'restart' },
      `Restart and ${verb}`,
    );
    restart.addEventListener('click', async () => {
      restart.disabled = true;
      const runs = await this.host.request('form/restart', null).catch(() => false);
      restart.disabled = false;
      if (runs) void this.send();
    });
    this.older.replaceChildren(icon('warning'), ' ', note, ' ', restart);
  }

  private propose(argument: string, value: string): Promise<readonly string[]> {
    const parsed = parseJsonText(this.editor?.current ?? '{}');
    const given = 'value' in parsed && isObject(parsed.value) ? parsed.value : {};
    const others = Object.fromEntries(
      Object.entries(given).filter(
        (entry): entry is [string, string] => entry[0] !== argument && typeof entry[1] === 'string',
      ),
    );
    return this.host.request('form/complete', { argument, value, others }).catch(() => []);
  }

  private async stop(): Promise<void> {
    await this.host.request('form/cancel', null);
  }

  private setRunning(running: boolean): void {
    this.running = running;
    if (this.call) this.call.disabled = running;
    if (this.cancel) this.cancel.hidden = !running;
  }

  private keepSoon(): void {
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => {
      if (!this.subject || !this.editor) return;
      const { id } = this.subject;
      void this.host.request('form/keep', { id, arguments: this.editor.current });
    }, keepDelayMs);
  }
}

/** The same tool as before, and nothing new to show or to do: a call that is replayed has that. */
function isSameForm(shown: CallSubject, subject: CallSubject): boolean {
  const form = ({ id, title, description, schema, note }: CallSubject) =>
    JSON.stringify([id, title, description, schema, note]);
  return !subject.callNow && subject.note === undefined && form(shown) === form(subject);
}

function notSent(error: unknown): CallResult {
  const message = error instanceof Error ? error.message : String(error);
  return { result: null, error: { code: null, message }, cancelled: false, milliseconds: 0 };
}

function noteOf({ note }: CallSubject): HTMLElement[] {
  if (!note) return [];
  return [element('p', { class: 'note' }, icon('warning'), ' ', note)];
}
