import type { Disposable, Webview } from 'vscode';

/** How long a page may say nothing, time after time; a slow connection must not be cut off. */
const waitsMs = [12_000, 30_000, 60_000];

/**
 * Gives a webview its page, and again where it stays silent: the editor's service worker sometimes
 * loses the requests for the page's own files, and what is left is an empty panel.
 */
export class PageLoader implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private tries = 0;

  /** `render` makes a text that differs each time, since the editor ignores the same one. */
  constructor(
    private readonly webview: Webview,
    private readonly render: () => string,
    private readonly isVisible: () => boolean,
  ) {
    webview.onDidReceiveMessage(() => this.dispose());
    this.load();
  }

  /** It came on screen, for which the editor loads it anew. */
  shown(): void {
    this.tries = 0;
    this.wait();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private load(): void {
    this.webview.html = this.render();
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.timer);
    const waitMs = waitsMs[this.tries];
    if (waitMs === undefined) return;
    this.timer = setTimeout(() => {
      if (!this.isVisible()) return;
      this.tries++;
      this.load();
    }, waitMs);
  }
}
