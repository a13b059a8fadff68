/** Colours and fonts as the theme says them now, read once a theme and not once a frame. */
import { type Layer, layers } from '../src/core/trace/model.js';

export interface Theme {
  readonly layers: Readonly<Record<Layer, string>>;
  readonly foreground: string;
  readonly dim: string;
  readonly line: string;
  readonly background: string;
  readonly error: string;
  readonly warning: string;
  readonly focus: string;
  /** Of pills and labels. */
  readonly font: string;
  /** Of names. */
  readonly rowFont: string;
}

export function readTheme(root: HTMLElement): Theme {
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(name).trim() || 'gray';
  const byLayer = Object.fromEntries(
    layers.map((layer) => [layer, colour(`--sp-layer-${layer}`)]),
  ) as Record<Layer, string>;
  return {
    layers: byLayer,
    foreground: colour('--sp-foreground'),
    dim: colour('--sp-dim'),
    line: colour('--sp-line'),
    background: colour('--sp-background'),
    error: colour('--sp-error'),
    warning: colour('--sp-warning'),
    focus: colour('--sp-focus'),
    font: `11px ${style.fontFamily}`,
    rowFont: `${style.fontSize} ${style.fontFamily}`,
  };
}

/** VS Code rewrites the root's style and the body's class when the theme changes. */
export function onThemeChanged(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributeFilter: ['class', 'data-vscode-theme-kind'] });
}

/** In a plain browser the page takes the place of the editor and says what theme it is. */
export function followBrowserTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const apply = () => {
    const name = contrast.matches
      ? dark.matches
        ? 'vscode-high-contrast'
        : 'vscode-high-contrast vscode-high-contrast-light'
      : dark.matches
        ? 'vscode-dark'
        : 'vscode-light';
    document.body.className = `${name} plain-browser`;
    document.body.dataset.vscodeThemeKind = name.split(' ').at(-1) ?? name;
  };
  apply();
  dark.addEventListener('change', apply);
  contrast.addEventListener('change', apply);
}
