/** The story of an agent run: one line above its trace, and a section in its details. */
import type { ViewSpec } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import { type FailurePlace, type RunStory, tellRun } from '../src/core/view/story.js';
import type { ViewContext } from './context.js';
import { link } from './details/sections.js';
import { element, icon, oneLine, setHidden } from './dom.js';
import { initialState } from './viewState.js';

/** A run of more rows is told from its first ones. */
const mostRows = 600;

const placeNames: Readonly<Record<FailurePlace, string>> = {
  inference: 'Inference',
  tool: 'Tool',
  payload: 'Error payload',
  transport: 'Transport',
  protocol: 'Protocol',
};

export async function readStory(
  context: ViewContext,
  scope: ViewSpec['scope'],
): Promise<RunStory | null> {
  const spec: ViewSpec = { ...initialState.spec, scope };
  const page = await context.host.request('rows/list', { spec, from: 0, count: mostRows });
  return tellRun(page.rows);
}

/** Facts, then where the failure lives, each failure a link to its row. */
export function storyElements(context: ViewContext, story: RunStory): HTMLElement[] {
  const facts = element('span', { class: 'story-facts' }, story.summary);
  const { failure } = story;
  if (!failure) return [facts];
  const tone = story.root.status === 2 ? 'error' : 'warning';
  return [
    facts,
    element(
      'span',
      { class: 'story-failure' },
      icon(tone, `tone-${tone}`),
      element('strong', {}, `${placeNames[failure.place]}: `),
      link(oneLine(failure.sentence, 300), 'Show the row', () => void context.reveal(failure.row)),
    ),
  ];
}

/** Above the rows while one trace is shown. */
export class StoryStrip {
  readonly root = element('div', { class: 'story', hidden: true });
  private shown = '';

  constructor(private readonly context: ViewContext) {}

  /** Reads the run again when another trace is shown or the session changed. */
  refresh(): void {
    const { context } = this;
    const { scope } = context.state.spec;
    const key = JSON.stringify([scope, scope.kind === 'session' || context.rows.head.revision]);
    if (key === this.shown) return;
    this.shown = key;
    if (scope.kind === 'session') {
      setHidden(this.root, true);
      return;
    }
    readStory(context, scope)
      .then((story) => {
        if (key !== this.shown) return;
        setHidden(this.root, story === null);
        if (!story) return;
        this.root.replaceChildren(
          element('strong', {}, oneLine(story.root.name, 80)),
          ...storyElements(context, story),
        );
      })
      // The rows say what is wrong.
      .catch(() => setHidden(this.root, true));
  }
}

/** The same for details, filled when it is known. */
export function storySection(context: ViewContext, { traceId, spanId }: SpanRef): HTMLElement {
  const body = element('div', { class: 'story-section' });
  readStory(context, { kind: 'span', traceId, spanId })
    .then((story) => {
      if (story) body.replaceChildren(...storyElements(context, story));
    })
    .catch(() => undefined);
  return body;
}
