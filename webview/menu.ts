/** A menu as VS Code draws it: arrows walk, letters jump, Escape gives the focus back. */
import { element, icon } from './dom.js';

export interface MenuEntry {
  readonly label: string;
  readonly icon?: string;
  /** A key that does the same, shown at the right. */
  readonly key?: string;
  /** Makes it a switch. */
  readonly checked?: boolean;
  /** One of several: a radio. */
  readonly radio?: boolean;
  readonly disabled?: boolean;
  /** A line above it. */
  readonly separated?: boolean;
  readonly run: () => void;
}

let closeOpen: (() => void) | null = null;

export function openMenu(
  entries: readonly MenuEntry[],
  place: { x: number; y: number },
  label: string,
): void {
  closeOpen?.();
  const before = document.activeElement as HTMLElement | null;
  const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': label, tabindex: -1 });
  const lines = entries.map((entry) => lineOf(entry));
  for (const [at, line] of lines.entries()) {
    if (entries[at]?.separated)
      menu.append(element('div', { class: 'menu-line', role: 'separator' }));
    menu.append(line);
  }
  const close = (giveBack: boolean) => {
    closeOpen = null;
    menu.remove();
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', away);
    if (giveBack) before?.focus();
  };
  const outside = (event: Event) => {
    if (!menu.contains(event.target as Node)) close(false);
  };
  const away = () => close(false);
  closeOpen = () => close(false);
  const run = (at: number) => {
    const entry = entries[at];
    if (!entry || entry.disabled) return;
    close(true);
    entry.run();
  };
  for (const [at, line] of lines.entries()) {
    line.addEventListener('click', () => run(at));
    line.addEventListener('pointermove', () => line.focus());
  }
  menu.addEventListener('keydown', (event) => {
    const at = lines.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) lines[(at + step + lines.length) % lines.length]?.focus();
    else if (event.key === 'Home') lines[0]?.focus();
    else if (event.key === 'End') lines.at(-1)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close(true);
    else if (event.key === 'Enter' || event.key === ' ') run(at);
    else if (event.key.length === 1) {
      const letter = event.key.toLowerCase();
      const after = [...lines.slice(at + 1), ...lines.slice(0, at + 1)];
      after.find((line) => line.textContent?.toLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  (document.getElementById('app') ?? document.body).append(menu);
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(place.x, innerWidth - box.width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(place.y, innerHeight - box.height - 4))}px`;
  addEventListener('pointerdown', outside, true);
  addEventListener('blur', away);
  (lines.find((line) => line.getAttribute('aria-disabled') !== 'true') ?? menu).focus();
}

function lineOf(entry: MenuEntry): HTMLElement {
  const checkable = entry.checked !== undefined;
  return element(
    'div',
    {
      class: 'menu-entry',
      role: checkable ? (entry.radio ? 'menuitemradio' : 'menuitemcheckbox') : 'menuitem',
      'aria-checked': checkable ? String(entry.checked) : undefined,
      'aria-disabled': entry.disabled ? 'true' : undefined,
      tabindex: -1,
    },
    entry.checked ? icon('check') : icon(entry.icon ?? 'blank'),
    element('span', { class: 'menu-label' }, entry.label),
    entry.key ? element('kbd', {}, entry.key) : null,
  );
}

/** Under a button, as its drop-down. */
export function openMenuUnder(entries: readonly MenuEntry[], anchor: HTMLElement, label: string) {
  const box = anchor.getBoundingClientRect();
  openMenu(entries, { x: box.left, y: box.bottom + 2 }, label);
}
