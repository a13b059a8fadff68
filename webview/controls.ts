/**
 * The one place that knows the controls' library, so that another could replace it: only what is
 * registered here is in the bundle.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { element, icon } from './dom.js';

let registered = false;

/**
 * Elements made before are plain ones of the same size until then (`styles/controls.css`), so the
 * first rows need not wait for the controls.
 */
export function registerControls(): void {
  if (registered) return;
  registered = true;
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing());
}

export interface ButtonOptions {
  readonly label: string;
  /** Codicon; with `iconOnly` the label is read out and shown as the title. */
  readonly icon?: string;
  readonly iconOnly?: boolean;
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  /** Longer words for the tooltip, with the key that does the same. */
  readonly title?: string;
  readonly className?: string;
  readonly onPress: () => void;
}

export function button(options: ButtonOptions): HTMLElement {
  const appearance = options.appearance ?? (options.iconOnly ? 'icon' : 'secondary');
  const made = element(
    'vscode-button',
    {
      appearance,
      class: options.className,
      title: options.title ?? (options.iconOnly ? options.label : undefined),
      'aria-label': options.iconOnly ? options.label : undefined,
    },
    options.icon && icon(options.icon),
    options.iconOnly ? null : element('bdi', { class: 'button-label' }, options.label),
  );
  made.addEventListener('click', options.onPress);
  return made;
}

/** Something is on its way. */
export function progressRing(label: string): HTMLElement {
  return element('vscode-progress-ring', { 'aria-label': label, role: 'progressbar' });
}
