import type { CallSubject } from '../../src/core/protocol.js';
import { element } from '../dom.js';
import { textButton } from './resultContent.js';

/** What is called, by the name that the protocol knows it by, and what it says of itself. */
export function formHead(subject: CallSubject, openHandler: () => void): HTMLElement {
  const named = !subject.title || subject.title === subject.name;
  const names = named ? [] : [element('code', {}, subject.name), ' · '];
  return element(
    'div',
    { class: 'head' },
    element(
      'div',
      { class: 'title' },
      element('h1', {}, named ? subject.name : subject.title),
      element(
        'span',
        { class: 'tools' },
        textButton('go-to-file', 'Open the handler', openHandler),
      ),
    ),
    element('p', { class: 'quiet subtitle' }, ...names, subject.server),
    ...descriptionOf(subject.description.trim()),
  );
}

/** Some lines of it; a button shows the rest where there is more. */
function descriptionOf(text: string): HTMLElement[] {
  if (text === '') return [];
  const about = element('p', { class: 'description about' }, text);
  const more = element('button', { type: 'button', class: 'link', hidden: '' }, 'Show more');
  more.addEventListener('click', () => {
    more.textContent = about.classList.toggle('about-whole') ? 'Show less' : 'Show more';
  });
  new ResizeObserver(() => {
    if (about.classList.contains('about-whole')) return;
    more.hidden = about.scrollHeight <= about.clientHeight + 1;
  }).observe(about);
  return [about, more];
}
