import type { CallResult } from '../../src/core/protocol.js';
import { element, icon } from '../dom.js';
import { type ResultActions, resultContent, textButton } from './resultContent.js';

export interface ResultViewActions extends ResultActions {
  readonly showTrace: () => void;
}

/** Where a call stands and what came back; read out by a screen reader when it changes. */
export class ResultView {
  readonly element = element('section', { class: 'call-result', 'aria-label': 'Result' });
  private readonly status = element('div', { class: 'status', role: 'status' });
  private readonly body = element('div', { class: 'body' });
  private readonly bar = element('progress', { 'aria-label': 'Progress' });
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly actions: ResultViewActions) {
    this.element.append(this.status, this.body);
    this.element.hidden = true;
  }

  clear(): void {
    clearInterval(this.timer);
    this.element.hidden = true;
    this.body.replaceChildren();
  }

  running(): void {
    clearInterval(this.timer);
    const since = performance.now();
    const clock = element('span', { class: 'quiet', 'aria-hidden': 'true' });
    const message = element('span', { class: 'progress-message' });
    this.bar.removeAttribute('value');
    this.status.replaceChildren(
      icon('loading', 'codicon-modifier-spin'),
      'Running',
      clock,
      message,
    );
    this.status.className = 'status running';
    this.body.replaceChildren(this.bar);
    this.element.hidden = false;
    this.element.dataset.state = 'running';
    this.element.scrollIntoView({ block: 'nearest' });
    const tick = () => {
      clock.textContent = duration(performance.now() - since);
    };
    tick();
    this.timer = setInterval(tick, 100);
  }

  progress(progress: { progress: number; total: number | null; message: string }): void {
    if (progress.total) {
      this.bar.max = progress.total;
      this.bar.value = progress.progress;
    }
    const share = progress.total ? `${progress.progress} of ${progress.total}` : '';
    const text = [share, progress.message].filter(Boolean).join(' · ');
    this.status.querySelector('.progress-message')?.replaceChildren(text);
  }

  ended(outcome: CallResult): void {
    clearInterval(this.timer);
    const { result, error, cancelled } = outcome;
    const failed = error !== null || result?.isError === true;
    const kind = cancelled ? 'cancelled' : failed ? 'failed' : 'ok';
    const words = { cancelled: 'Cancelled', failed: error ? 'Error' : 'Tool error', ok: 'OK' };
    const icons = { cancelled: 'circle-slash', failed: 'error', ok: 'pass' };
    this.status.className = `status ${kind}`;
    this.status.replaceChildren(
      icon(icons[kind]),
      element('span', {}, words[kind]),
      element('span', { class: 'quiet' }, duration(outcome.milliseconds)),
      element(
        'span',
        { class: 'tools' },
        textButton('list-tree', 'Show in the trace view', this.actions.showTrace),
      ),
    );
    this.body.replaceChildren();
    if (error && !cancelled) {
      const code = error.code === null ? '' : ` (${error.code})`;
      this.body.append(element('p', { class: 'error-text' }, `${error.message}${code}`));
    }
    if (result) this.body.append(...resultContent(result, outcome.long ?? {}, this.actions));
    this.element.hidden = false;
    this.element.dataset.state = 'done';
    this.element.scrollIntoView({ block: 'nearest' });
  }
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}
