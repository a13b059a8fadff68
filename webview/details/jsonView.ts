/** A JSON document as a tree of lines: folds, search, copy of a path or a value. */
import {
  copyText,
  type JsonFolds,
  type JsonLine,
  type JsonPath,
  jsonLines,
  opensByDefault,
  pathText,
  pointerOf,
  searchJson,
  valueAt,
} from '../../src/core/view/jsonTree.js';
import type { ViewContext } from '../context.js';
import { element, icon, oneLine } from '../dom.js';
import { openMenu } from '../menu.js';

const longText = 400;
/** Lines that one tree may put on the page. */
const mostLines = 150;

export class JsonView {
  readonly root: HTMLElement;
  private readonly toggled = new Set<string>();
  private readonly chunks = new Map<string, number>();
  private readonly unfolded = new Set<string>();
  private lines: JsonLine[] = [];
  private focused = 0;
  private most = mostLines;
  private needle = '';

  constructor(
    private readonly context: ViewContext,
    private readonly value: unknown,
    label: string,
  ) {
    this.root = element('div', { class: 'json', role: 'tree', 'aria-label': label });
    this.root.addEventListener('click', (event) => this.click(event));
    this.root.addEventListener('keydown', (event) => this.key(event));
    this.root.addEventListener('contextmenu', (event) => this.menu(event));
    this.render();
  }

  /** Opens what leads to each hit; answers how many there are. */
  search(needle: string): number {
    this.needle = needle.toLowerCase();
    const hits = searchJson(this.value, needle);
    for (const path of hits.slice(0, 50)) this.openTo(path);
    this.render();
    this.root.querySelector('.json-hit')?.scrollIntoView({ block: 'nearest' });
    return hits.length;
  }

  private openTo(path: JsonPath): void {
    for (let length = 0; length < path.length; length++) {
      const part = path.slice(0, length);
      const size = sizeOf(valueAt(this.value, part));
      const pointer = pointerOf(part);
      if (opensByDefault(part.length, size)) this.toggled.delete(pointer);
      else this.toggled.add(pointer);
    }
  }

  private folds(): JsonFolds {
    return { toggled: this.toggled, chunks: this.chunks };
  }

  private render(): void {
    const all = withoutRoot(jsonLines(this.value, this.folds(), this.most + 2));
    this.lines = all.slice(0, this.most);
    this.focused = Math.min(this.focused, this.lines.length - 1);
    this.root.replaceChildren(...this.lines.map((line, at) => this.lineElement(line, at)));
    if (all.length <= this.most) return;
    const more = element('button', { type: 'button', class: 'link json-rest' }, 'Show more lines');
    more.addEventListener('click', () => {
      this.most += mostLines;
      this.render();
    });
    // A tree holds tree items only.
    this.root.append(element('div', { role: 'none' }, more));
  }

  private lineElement(line: JsonLine, at: number): HTMLElement {
    const branch = line.kind === 'object' || line.kind === 'array';
    const made = element('div', {
      class: 'json-line',
      role: 'treeitem',
      'aria-level': line.depth + 1,
      'aria-expanded': branch && line.size ? String(line.open) : undefined,
      tabindex: at === this.focused ? 0 : -1,
      'data-at': at,
    });
    made.style.paddingLeft = `${line.depth * 12}px`;
    if (branch && line.size)
      made.append(icon(line.open ? 'chevron-down' : 'chevron-right', 'twistie'));
    else made.append(element('span', { class: 'twistie' }));
    if (line.key !== null) {
      made.append(element('span', { class: 'json-key' }, oneLine(String(line.key), 200)), ': ');
    }
    made.append(...this.valueParts(line));
    if (this.needle && made.textContent?.toLowerCase().includes(this.needle)) {
      made.classList.add('json-hit');
    }
    return made;
  }

  private valueParts(line: JsonLine): (Node | string)[] {
    if (line.kind === 'more') {
      return [element('span', { class: 'link' }, `… ${line.size} more`)];
    }
    if (line.kind === 'object' || line.kind === 'array') {
      const count = line.kind === 'array' ? `[${line.size}]` : `{${line.size}}`;
      return [element('span', { class: 'json-preview' }, line.open ? count : line.text)];
    }
    const pointer = pointerOf(line.path);
    if (line.text.length <= longText || this.unfolded.has(pointer)) {
      const shown = line.text.slice(0, 20_000);
      return [element('span', { class: `json-${line.kind}` }, shown)];
    }
    return [
      element('span', { class: `json-${line.kind}` }, `${line.text.slice(0, longText)}…`),
      element('span', { class: 'link json-long' }, ` ${line.text.length} characters`),
    ];
  }

  private click(event: MouseEvent): void {
    const at = this.lineAt(event);
    if (at === null) return;
    // Text is being selected: leave it alone.
    if (getSelection()?.toString()) return;
    this.focused = at;
    this.activate(at);
  }

  private activate(at: number): void {
    const line = this.lines[at];
    if (!line) return;
    const pointer = pointerOf(line.path);
    if (line.kind === 'more') this.chunks.set(pointer, (this.chunks.get(pointer) ?? 1) + 1);
    else if (line.size > 0) this.fold(pointer);
    else if (line.text.length > longText) {
      if (!this.unfolded.delete(pointer)) this.unfolded.add(pointer);
    }
    this.render();
    this.focusLine(this.focused);
  }

  private fold(pointer: string): void {
    if (!this.toggled.delete(pointer)) this.toggled.add(pointer);
  }

  private key(event: KeyboardEvent): void {
    const at = this.lineAt(event);
    const line = at === null ? undefined : this.lines[at];
    if (at === null || !line) return;
    if (event.key === 'ArrowDown') this.focusLine(at + 1);
    else if (event.key === 'ArrowUp') this.focusLine(at - 1);
    else if (event.key === 'Home') this.focusLine(0);
    else if (event.key === 'End') this.focusLine(this.lines.length - 1);
    else if (event.key === 'ArrowRight' && line.size && !line.open) this.activate(at);
    else if (event.key === 'ArrowLeft') {
      if (line.open) this.activate(at);
      else
        this.focusLine(
          this.lines.findLastIndex((other, place) => place < at && other.depth < line.depth),
        );
    } else if (event.key === 'Enter' || event.key === ' ') this.activate(at);
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) {
      if (getSelection()?.toString()) return;
      this.copyValue(line);
    } else if (event.key === 'ContextMenu') this.menu(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private menu(event: MouseEvent | KeyboardEvent): void {
    const at = this.lineAt(event);
    const line = at === null ? undefined : this.lines[at];
    if (!line) return;
    event.preventDefault();
    const box = (event.target as Element).getBoundingClientRect();
    const place =
      event instanceof MouseEvent
        ? { x: event.clientX, y: event.clientY }
        : { x: box.left + 24, y: box.bottom };
    openMenu(
      [
        { label: 'Copy value', icon: 'copy', run: () => this.copyValue(line) },
        {
          label: 'Copy path',
          icon: 'symbol-namespace',
          run: () => this.context.copy(pathText(line.path), 'the path'),
        },
      ],
      place,
      'JSON',
    );
  }

  private copyValue(line: JsonLine): void {
    this.context.copy(copyText(valueAt(this.value, line.path)), 'the value');
  }

  private lineAt(event: Event): number | null {
    const found = (event.target as Element).closest<HTMLElement>('.json-line');
    return found ? Number(found.dataset.at) : null;
  }

  private focusLine(at: number): void {
    const wanted = Math.min(Math.max(0, at), this.lines.length - 1);
    const elements = this.root.querySelectorAll<HTMLElement>('.json-line');
    elements[this.focused]?.setAttribute('tabindex', '-1');
    this.focused = wanted;
    elements[wanted]?.setAttribute('tabindex', '0');
    elements[wanted]?.focus();
  }
}

/** What is open at the top needs no line that says so. */
function withoutRoot(lines: readonly JsonLine[]): JsonLine[] {
  const [first, ...rest] = lines;
  if (!first?.open) return [...lines];
  return rest.map((line) => ({ ...line, depth: line.depth - 1 }));
}

function sizeOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
