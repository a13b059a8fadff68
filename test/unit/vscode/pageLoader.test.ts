import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Webview } from 'vscode';
import { PageLoader } from '../../../src/vscode/pageLoader.js';

const longMs = 60_000;

describe('the page of a webview', () => {
  let pages: string[];
  let say: () => void;
  let isVisible: boolean;
  let loader: PageLoader;

  beforeEach(() => {
    vi.useFakeTimers();
    pages = [];
    isVisible = true;
    const webview = {
      set html(page: string) {
        pages.push(page);
      },
      onDidReceiveMessage(listener: () => void) {
        say = listener;
      },
    } as unknown as Webview;
    loader = new PageLoader(
      webview,
      () => `page ${pages.length}`,
      () => isVisible,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is given again while it stays silent, and not for ever', () => {
    vi.advanceTimersByTime(10 * longMs);
    expect(pages).toEqual(['page 0', 'page 1', 'page 2', 'page 3']);
  });

  it('is left alone once it has spoken', () => {
    say();
    vi.advanceTimersByTime(longMs);
    expect(pages).toHaveLength(1);
  });

  it('is waited for where nobody sees it, and again when it comes on screen', () => {
    isVisible = false;
    vi.advanceTimersByTime(longMs);
    expect(pages).toHaveLength(1);
    isVisible = true;
    loader.shown();
    vi.advanceTimersByTime(longMs);
    expect(pages.length).toBeGreaterThan(1);
  });

  it('is forgotten with its view', () => {
    loader.dispose();
    vi.advanceTimersByTime(longMs);
    expect(pages).toHaveLength(1);
  });
});
