/**
 * The controls, made here and in `controlsLibrary.ts` alone, so that another library could replace
 * the one in use.
 */
import { element, icon } from './dom.js';

/**
 * Reads the library, which is a file of its own. Elements made before are plain ones of the same
 * size until then (`styles/controls.css`), so the first rows do not wait for it. The page says
 * where it is; one that carries it inside says nothing.
 */
export async function loadControls(): Promise<void> {
  const { controls } = document.querySelector<HTMLElement>('script[data-controls]')?.dataset ?? {};
  if (controls) await import(new URL(controls, document.baseURI).href);
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
