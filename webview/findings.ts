/** What is wrong with the telemetry itself, what it means and what to do. */
import type { Finding } from '../src/core/protocol.js';
import type { ViewContext } from './context.js';
import { openPlace } from './details/errorTab.js';
import type { OtherPane } from './details/pane.js';
import { hint, link } from './details/sections.js';
import { element, icon, oneLine } from './dom.js';

export class FindingsPane implements OtherPane {
  readonly title = 'Findings';
  readonly root = element('div', { class: 'findings' });
  private shown = '';

  constructor(private readonly context: ViewContext) {}

  refresh(): void {
    this.context.host
      .request('findings/list', null)
      .then((findings) => this.render(findings))
      .catch((error: Error) => this.root.replaceChildren(hint(error.message)));
  }

  private render(findings: readonly Finding[]): void {
    const key = JSON.stringify(findings);
    if (key === this.shown) return;
    this.shown = key;
    if (findings.length === 0) {
      this.root.replaceChildren(
        hint(
          'Nothing is wrong with the telemetry: client and server spans join, and stdout is clean.',
        ),
      );
      return;
    }
    this.root.replaceChildren(
      ...findings.slice(0, 100).map((finding) => this.findingElement(finding)),
    );
  }

  private findingElement(finding: Finding): HTMLElement {
    const { span, place } = finding;
    const names = { error: 'Error', warning: 'Warning', info: 'Note' };
    const head = element(
      'div',
      { class: 'finding-head' },
      icon(finding.severity, `tone-${finding.severity}`),
      element('span', { class: 'only-read' }, `${names[finding.severity]}: `),
      element('strong', {}, oneLine(finding.title, 500)),
      finding.server ? element('span', { class: 'hint' }, oneLine(finding.server, 60)) : null,
      finding.count > 1
        ? element('span', { class: 'pill pill-muted' }, `${finding.count} times`)
        : null,
      span && link('Show the call', 'Select it in the rows', () => void this.context.reveal(span)),
      span && place && this.context.inEditor
        ? link('Open the line', `${place.file}:${place.line}`, () =>
            openPlace(this.context, span, { ...place, column: 1 }),
          )
        : null,
    );
    return element(
      'article',
      { class: 'finding' },
      head,
      element('p', { class: 'finding-advice' }, finding.advice),
    );
  }
}
