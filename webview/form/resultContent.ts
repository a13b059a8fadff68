/** What a server answered, each kind of content shown as what it is; all of it as text, never markup. */
import { element, icon } from '../dom.js';

export interface ResultActions {
  readonly openText: (title: string, text: string, language: string) => void;
  readonly copy: (text: string) => void;
  /** Of a text of which only the beginning is here. */
  readonly openLong: (path: string, language: string) => void;
  readonly copyLong: (path: string) => void;
  readonly openLink: (url: string) => void;
}

/** Whole lengths of texts of which only the beginning is here, by where they stand. */
type LongTexts = Readonly<Record<string, number>>;

type Part = Record<string, unknown>;
/** Longer text is shown in part; the whole of it opens in an editor. */
const maxShownCharacters = 20_000;
const image = /^image\/(png|jpeg|gif|webp|bmp|avif)$/;
const sound = /^audio\/[\w.+-]+$/;

/** Tools answer `content`, prompts `messages`, resources `contents`. */
export function resultContent(
  result: Part,
  long: LongTexts,
  actions: ResultActions,
): HTMLElement[] {
  const shown: HTMLElement[] = [];
  const at = (path: string): Place => ({ path, long, actions });
  for (const [index, part] of parts(result.content)) {
    shown.push(contentPart(part, at(`content.${index}`)));
  }
  for (const [index, message] of parts(result.messages)) {
    shown.push(element('h2', {}, String(message.role ?? 'message')));
    const { content } = message;
    const path = `messages.${index}.content`;
    for (const [inner, part] of parts(Array.isArray(content) ? content : [content])) {
      shown.push(contentPart(part, at(Array.isArray(content) ? `${path}.${inner}` : path)));
    }
  }
  for (const [index, part] of parts(result.contents)) {
    shown.push(resourcePart(part, at(`contents.${index}`)));
  }
  const { structuredContent } = result;
  if (structuredContent !== undefined) {
    shown.push(element('h2', {}, 'Structured content'));
    const length = long.structuredContent;
    const text =
      length === undefined ? JSON.stringify(structuredContent, null, 2) : String(structuredContent);
    const whole = length === undefined ? undefined : { path: 'structuredContent', length };
    shown.push(textBlock(text, 'json', actions, whole));
  }
  const known = ['content', 'messages', 'contents', 'structuredContent', 'isError', '_meta'];
  const rest = Object.entries(result).filter(([key]) => !known.includes(key));
  if (rest.length || shown.length === 0) {
    const whole = shown.length === 0 ? result : Object.fromEntries(rest);
    shown.push(textBlock(JSON.stringify(whole, null, 2), 'json', actions));
  }
  return shown;
}

/** What is shown, and where it stands in the result. */
interface Place {
  readonly path: string;
  readonly long: LongTexts;
  readonly actions: ResultActions;
}

function parts(value: unknown): [number, Part][] {
  const isPart = (each: [number, unknown]): each is [number, Part] =>
    typeof each[1] === 'object' && each[1] !== null;
  return Array.isArray(value) ? [...value.entries()].filter(isPart) : [];
}

function contentPart(part: Part, place: Place): HTMLElement {
  const { actions } = place;
  switch (part.type) {
    case 'text':
      return anyText(String(part.text ?? ''), place);
    case 'image':
    case 'audio':
      return media(String(part.mimeType ?? ''), String(part.data ?? ''), actions);
    case 'resource':
      return resourcePart((part.resource ?? {}) as Part, {
        ...place,
        path: `${place.path}.resource`,
      });
    case 'resource_link':
      return linkPart(part, actions);
    default:
      return textBlock(JSON.stringify(part, null, 2), 'json', actions);
  }
}

function resourcePart(part: Part, place: Place): HTMLElement {
  const type = String(part.mimeType ?? '');
  const body =
    typeof part.blob === 'string'
      ? media(type, part.blob, place.actions)
      : anyText(String(part.text ?? ''), place, type);
  const caption = element('p', { class: 'quiet' }, [part.uri, type].filter(Boolean).join(' · '));
  return element('div', { class: 'part' }, caption, body);
}

function linkPart(part: Part, actions: ResultActions): HTMLElement {
  const uri = String(part.uri ?? '');
  const label = String(part.title ?? part.name ?? uri);
  const box = element('div', { class: 'part' }, icon('link'), ' ');
  if (/^https?:\/\//i.test(uri)) {
    const link = element('button', { type: 'button', class: 'link', title: uri }, label);
    link.addEventListener('click', () => actions.openLink(uri));
    box.append(link);
  } else {
    box.append(label, ' ', element('code', {}, uri));
  }
  if (part.description) {
    box.append(element('p', { class: 'description' }, String(part.description)));
  }
  return box;
}

function media(type: string, base64: string, actions: ResultActions): HTMLElement {
  const bytes = Math.floor((base64.length * 3) / 4);
  const caption = element('p', { class: 'quiet' }, `${type || 'binary'} · ${sizeOf(bytes)}`);
  if (/^[A-Za-z0-9+/=\s]*$/.test(base64)) {
    const source = `data:${type};base64,${base64}`;
    if (image.test(type)) {
      const picture = element('img', { src: source, alt: `Image from the server (${type})` });
      return element('figure', { class: 'part' }, picture, caption);
    }
    if (sound.test(type)) {
      const player = element('audio', { controls: true, src: source });
      return element('figure', { class: 'part' }, player, caption);
    }
  }
  return element('div', { class: 'part' }, caption, textBlock(base64, 'plaintext', actions));
}

/** Text that is JSON is indented. */
function anyText(text: string, { path, long, actions }: Place, type = ''): HTMLElement {
  const place = `${path}.text`;
  const length = long[place];
  const whole = length === undefined ? undefined : { path: place, length };
  const pretty = whole ? null : prettyJson(text);
  if (pretty !== null) return textBlock(pretty, 'json', actions);
  const looks = /^\s*[[{]/.test(text) ? 'json' : 'plaintext';
  const language = type === 'text/markdown' ? 'markdown' : whole ? looks : 'plaintext';
  return textBlock(text, language, actions, whole);
}

function prettyJson(text: string): string | null {
  if (text.length > 2_000_000 || !/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** `whole` says where the rest is, when this is only the beginning. */
function textBlock(
  text: string,
  language: string,
  actions: ResultActions,
  whole?: { readonly path: string; readonly length: number },
): HTMLElement {
  const length = whole?.length ?? text.length;
  const cut = length > maxShownCharacters;
  const block = element('pre', { tabindex: 0 }, cut ? text.slice(0, maxShownCharacters) : text);
  const open = textButton('go-to-file', 'Open in an editor', () =>
    whole ? actions.openLong(whole.path, language) : actions.openText('Result', text, language),
  );
  const copy = textButton('copy', 'Copy', () =>
    whole ? actions.copyLong(whole.path) : actions.copy(text),
  );
  const more = cut
    ? element(
        'p',
        { class: 'quiet' },
        `The first ${sizeOf(maxShownCharacters)} of ${sizeOf(length)}.`,
      )
    : null;
  return element(
    'div',
    { class: 'block' },
    element('div', { class: 'tools' }, copy, open),
    block,
    more,
  );
}

export function textButton(name: string, label: string, press: () => void): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', class: 'small', title: label, 'aria-label': label },
    icon(name),
  );
  made.addEventListener('click', press);
  return made;
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
