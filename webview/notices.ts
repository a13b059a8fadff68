/** A banner for what stays wrong, and lines that come and go; both are said aloud. */
import { element, icon, setHidden, setText } from './dom.js';

const shownMs = 6000;

export type NoticeKind = 'info' | 'error' | 'quiet';

export class Notices {
  readonly banner = element('div', { class: 'banner', role: 'alert', hidden: true });
  readonly root = element('div', { class: 'toast', role: 'status', 'aria-live': 'polite' });
  private readonly text = element('span', {});
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.banner.append(icon('warning'), this.text);
  }

  showProblem(message: string | null): void {
    setText(this.text, message ?? '');
    setHidden(this.banner, message === null);
  }

  tell(message: string, kind: NoticeKind): void {
    clearTimeout(this.timer);
    if (kind === 'quiet') {
      this.root.replaceChildren(element('span', { class: 'only-read' }, message));
      return;
    }
    const close = element('button', {
      type: 'button',
      class: 'toast-close',
      'aria-label': 'Dismiss',
    });
    close.append(icon('close'));
    close.addEventListener('click', () => this.root.replaceChildren());
    this.root.replaceChildren(
      element(
        'div',
        { class: `toast-line toast-${kind}` },
        icon(kind === 'error' ? 'error' : 'info'),
        element('span', { class: 'toast-text' }, message),
        close,
      ),
    );
    // An error stays until it was read.
    if (kind === 'info') this.timer = setTimeout(() => this.root.replaceChildren(), shownMs);
  }
}
