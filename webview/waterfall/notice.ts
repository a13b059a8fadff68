/** What stands in place of rows: loading, nothing yet, nothing found, something wrong. */
import type { ViewContext } from '../context.js';
import { button } from '../controls.js';
import { element, icon, setHidden } from '../dom.js';
import { run as runAction } from '../hostActions.js';

/** A reading that takes longer shows that it is going on. */
const patienceMs = 300;

type Kind = 'none' | 'loading' | 'empty' | 'protocol' | 'filtered' | 'problem';

export class Notice {
  private shown: string = 'none';
  private loadingSince = 0;

  constructor(
    private readonly context: ViewContext,
    private readonly root: HTMLElement,
  ) {}

  paint(): void {
    const kind = this.kind();
    const key = kind === 'problem' ? `problem ${this.context.rows.problem}` : kind;
    if (key === this.shown) return;
    this.shown = key;
    setHidden(this.root, kind === 'none');
    this.root.replaceChildren(...this.content(kind));
  }

  private kind(): Kind {
    const { rows, state } = this.context;
    if (rows.problem !== null) return 'problem';
    if (rows.loading) {
      if (rows.head.total > 0) return 'none';
      this.loadingSince ||= performance.now();
      if (performance.now() - this.loadingSince > patienceMs) return 'loading';
      setTimeout(() => this.context.requestPaint(), patienceMs);
      return 'none';
    }
    this.loadingSince = 0;
    if (rows.head.total > 0) return 'none';
    const narrowed = state.spec.query !== '' || state.spec.hiddenLayers.length > 0;
    if (narrowed || state.spec.scope.kind !== 'session') return 'filtered';
    return rows.head.hiddenCalls ? 'protocol' : 'empty';
  }

  private content(kind: Kind): Node[] {
    switch (kind) {
      case 'none':
        return [];
      case 'loading':
        return [icon('loading', 'turning'), paragraph('Reading the session…')];
      case 'problem':
        return [
          heading('The rows cannot be read'),
          paragraph(this.context.rows.problem ?? ''),
          button({ label: 'Try again', onPress: () => this.context.rows.refresh() }),
        ];
      case 'filtered':
        return [
          heading('Nothing matches'),
          paragraph('No call fits the search, the layers or the scope that are chosen.'),
          button({
            label: 'Show every call',
            appearance: 'primary',
            onPress: () =>
              this.context.updateSpec({ query: '', hiddenLayers: [], scope: { kind: 'session' } }),
          }),
        ];
      case 'protocol':
        return [
          heading('Connected, no calls yet'),
          paragraph(
            'So far client and server have only got to know each other. Call a tool; the call appears here while it runs.',
          ),
          button({
            label: 'Show protocol messages',
            onPress: () => this.context.updateSpec({ hidesProtocol: false }),
          }),
        ];
      case 'empty':
        return this.empty();
    }
  }

  private empty(): Node[] {
    const { context } = this;
    const run = (command: 'startServer' | 'showServers') => {
      runAction(context, 'command/run', { command, span: null });
    };
    const steps = element(
      'ol',
      {},
      element(
        'li',
        {},
        'Start a server traced: each message passes through the shim and is timed.',
      ),
      element('li', {}, 'Call a tool from the Servers view, or let an agent call it.'),
      element('li', {}, 'The call appears here while it runs. Enter opens its handler.'),
    );
    if (!context.inEditor) {
      return [
        heading('No calls yet'),
        paragraph('Put the shim in front of a server; each call appears here while it runs:'),
        element('pre', { class: 'text-block' }, 'npx spanpath run -- node server.js'),
        paragraph(
          'Spans of any OpenTelemetry SDK arrive too: send OTLP over HTTP to this address, with the token that was printed with it.',
        ),
      ];
    }
    return [
      heading('No calls yet'),
      steps,
      element(
        'div',
        { class: 'notice-buttons' },
        button({
          label: 'Start a server traced',
          appearance: 'primary',
          onPress: () => run('startServer'),
        }),
        button({ label: 'Show servers', onPress: () => run('showServers') }),
      ),
    ];
  }
}

function heading(text: string): HTMLElement {
  return element('h2', {}, text);
}

function paragraph(text: string): HTMLElement {
  return element('p', {}, text);
}
