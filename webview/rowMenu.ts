/** What can be done with one row, by right click or the menu key. */
import type { SpanRow } from '../src/core/protocol.js';
import { quoteValue as quote } from '../src/core/view/queryWords.js';
import type { ViewContext } from './context.js';
import { replay } from './hostActions.js';
import { type MenuEntry, openMenu } from './menu.js';
import { hasHandler, isReplayable } from './waterfall/rowWords.js';

export interface RowActions {
  focusCall(): void;
  showTrace(): void;
  fit(): void;
  search(query: string): void;
  compare(): void;
  compareMarked(): void;
}

export function openRowMenu(
  context: ViewContext,
  row: SpanRow,
  place: { x: number; y: number },
  actions: RowActions,
): void {
  const focused = context.state.spec.scope.kind === 'span';
  const { inEditor } = context;
  const isCall = isReplayable(row);
  const entries: MenuEntry[] = [
    ...(hasHandler(row)
      ? [
          {
            label: 'Open handler',
            icon: 'go-to-file',
            key: 'Enter',
            run: () => context.openHandler(row),
          },
        ]
      : []),
    ...(inEditor && isCall
      ? [{ label: 'Replay', icon: 'debug-restart', run: () => replay(context, row) }]
      : []),
    {
      label: 'Show details',
      icon: 'info',
      key: 'D',
      run: () => context.update({ pane: 'details' }),
    },
    {
      label: focused ? 'Back to the session' : 'Focus on this call',
      icon: 'target',
      key: 'Z',
      separated: true,
      run: actions.focusCall,
    },
    { label: 'Show its trace', icon: 'list-tree', run: actions.showTrace },
    { label: 'Fit its time', icon: 'screen-full', key: 'F', run: actions.fit },
    {
      label: `Only ${short(row.name)}`,
      icon: 'filter',
      separated: true,
      run: () => actions.search(`name:${quote(row.name)}`),
    },
    {
      label: `Only server ${short(row.server)}`,
      icon: 'server',
      disabled: row.server === '',
      run: () => actions.search(`server:${quote(row.server)}`),
    },
    {
      label: 'Compare with the call before',
      icon: 'git-compare',
      separated: true,
      run: actions.compare,
    },
    { label: 'Choose for comparing', icon: 'pinned', run: actions.compareMarked },
    {
      label: 'Copy name',
      icon: 'copy',
      key: 'Ctrl+C',
      separated: true,
      run: () => context.copy(row.name, 'the name'),
    },
    { label: 'Copy trace id', icon: 'copy', run: () => context.copy(row.traceId, 'the trace id') },
  ];
  openMenu(entries, place, 'Call');
}

function short(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
