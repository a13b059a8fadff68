/** The content blocks of an MCP result, each shown as what it is. */
import { parseJson } from '../../src/core/view/jsonTree.js';
import type { ViewContext } from '../context.js';
import { element } from '../dom.js';
import { run } from '../hostActions.js';
import { JsonView } from './jsonView.js';
import { link, textBlock } from './sections.js';

type Fields = Readonly<Record<string, unknown>>;

/** Pictures that a browser draws without running anything; SVG is left out. */
const drawable = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const mostBlocks = 40;

/** Null when the value is no tool result: then the plain tree says it better. */
export function resultContent(context: ViewContext, value: unknown): Node | null {
  if (!isFields(value) || !Array.isArray(value.content)) return null;
  const root = element('div', { class: 'content-blocks' });
  for (const block of value.content.slice(0, mostBlocks)) root.append(blockOf(context, block));
  const left = value.content.length - mostBlocks;
  if (left > 0)
    root.append(element('p', { class: 'hint' }, `${left} more blocks: see the raw text`));
  if (value.structuredContent !== undefined) {
    root.append(
      element('h4', {}, 'Structured content'),
      new JsonView(context, value.structuredContent, 'Structured content').root,
    );
  }
  if (value.content.length === 0 && value.structuredContent === undefined) {
    root.append(element('p', { class: 'hint' }, 'An empty result'));
  }
  return root;
}

function blockOf(context: ViewContext, block: unknown): Node {
  if (!isFields(block)) return new JsonView(context, block, 'Content').root;
  const { type } = block;
  if (type === 'text' && typeof block.text === 'string') return textOf(context, block.text);
  if (type === 'image' && typeof block.data === 'string') {
    return imageOf(String(block.mimeType ?? ''), block.data);
  }
  if (type === 'resource_link' && typeof block.uri === 'string') {
    return uriOf(context, block.uri, String(block.name ?? block.title ?? ''));
  }
  if (type === 'resource' && isFields(block.resource)) {
    const { uri, text } = block.resource;
    const head = typeof uri === 'string' ? uriOf(context, uri, '') : '';
    if (typeof text === 'string') return element('div', {}, ...nodes(head), textOf(context, text));
  }
  return new JsonView(context, block, 'Content').root;
}

/** Text that is itself JSON is a tree, with the text one click away. */
function textOf(context: ViewContext, text: string): Node {
  const trimmed = text.trimStart();
  if (/^[[{]/.test(trimmed) && text.length < 1_000_000) {
    const parsed = parseJson(text);
    if (!('problem' in parsed)) return new JsonView(context, parsed.value, 'Text, as JSON').root;
  }
  return textBlock(context, text, 'Result');
}

function imageOf(mime: string, data: string): Node {
  const size = `${mime || 'image'}, ${Math.round((data.length * 3) / 4 / 1024)} KiB`;
  if (!drawable.test(mime) || !/^[A-Za-z0-9+/=\s]*$/.test(data.slice(0, 2000))) {
    return element('p', { class: 'hint' }, `Picture (${size}) that is not drawn here`);
  }
  const image = element('img', { class: 'picture', alt: `Picture in the result, ${size}` });
  image.src = `data:${mime};base64,${data}`;
  return element('figure', {}, image, element('figcaption', { class: 'hint' }, size));
}

function uriOf(context: ViewContext, uri: string, name: string): Node {
  const shown = name ? `${name} · ${uri}` : uri;
  if (!/^https?:\/\//i.test(uri)) return element('p', { class: 'uri' }, shown);
  return element(
    'p',
    { class: 'uri' },
    link(shown, `Open ${uri} (asks first)`, () => {
      run(context, 'link/open', { url: uri });
    }),
  );
}

function nodes(head: Node | string): Node[] {
  return typeof head === 'string' ? [] : [head];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
