/** Search, scale, layers, errors, live: one line that folds to icons where it is narrow. */

import type { GroupBy } from '../src/core/protocol.js';
import { type Layer, layers } from '../src/core/trace/model.js';
import { type Clock, clocks } from '../src/core/view/clock.js';
import { formatCount } from '../src/core/view/durations.js';
import { setDefault } from '../src/core/view/folds.js';
import type { ViewContext } from './context.js';
import { button } from './controls.js';
import { element, setAttribute, setClass, setText } from './dom.js';
import { run } from './hostActions.js';
import { type MenuEntry, openMenuUnder } from './menu.js';
import type { SearchBox } from './search.js';
import { layerNames } from './waterfall/rowWords.js';

export interface ToolbarActions {
  showSession(): void;
  showTrace(): void;
  nextError(backwards: boolean): void;
  togglePause(): void;
  clear(): void;
}

const clockNames: Readonly<Record<Clock, string>> = {
  relative: 'Time from the start',
  local: 'Local time',
  utc: 'UTC',
};
const groupNames: Readonly<Record<GroupBy, string>> = {
  time: 'In order of time',
  server: 'By server',
  tool: 'By tool',
  trace: 'By trace',
  run: 'By agent run',
};

export class Toolbar {
  readonly root: HTMLElement;
  private readonly session: HTMLElement;
  private readonly trace: HTMLElement;
  private readonly layers: HTMLElement;
  private readonly errors: HTMLElement;
  private readonly errorCount = element('bdi', { class: 'button-label' }, 'Errors');
  private readonly live: HTMLElement;
  private readonly liveText = element('bdi', { class: 'button-label' }, 'Live');
  private readonly liveDot = element('i', { class: 'live-dot', 'aria-hidden': 'true' });

  constructor(
    private readonly context: ViewContext,
    private readonly search: SearchBox,
    private readonly actions: ToolbarActions,
  ) {
    this.session = button({
      label: 'Session',
      icon: 'list-flat',
      title: 'Every call by the clock',
      onPress: () => actions.showSession(),
    });
    this.trace = button({
      label: 'Trace',
      icon: 'list-tree',
      title: 'The trace of the selected call, from 0',
      onPress: () => actions.showTrace(),
    });
    this.layers = button({
      label: 'Layers',
      icon: 'layers',
      title: 'Show or hide layers and protocol messages (initialize, tools/list …)',
      onPress: () => this.openLayers(),
    });
    this.errors = button({
      label: 'Errors',
      icon: 'error',
      title: 'Next error (E), previous (Shift+E)',
      onPress: () => actions.nextError(false),
    });
    this.errors.querySelector('.button-label')?.replaceWith(this.errorCount);
    this.live = button({
      label: 'Live',
      title: 'Pause or go on (P)',
      onPress: () => actions.togglePause(),
    });
    this.live.querySelector('.button-label')?.replaceWith(this.liveDot, this.liveText);
    const more = button({
      label: 'More actions',
      icon: 'ellipsis',
      iconOnly: true,
      onPress: () => this.openMore(more),
    });
    for (const menuButton of [this.layers, more]) setAttribute(menuButton, 'aria-haspopup', 'menu');
    this.root = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Trace view' },
      search.root,
      element(
        'div',
        { class: 'toolbar-buttons' },
        element(
          'div',
          { class: 'segments', role: 'group', 'aria-label': 'Scale' },
          this.session,
          this.trace,
        ),
        this.layers,
        this.errors,
        this.live,
        more,
      ),
    );
  }

  paint(): void {
    const { state, summary } = this.context;
    const inSession = state.spec.scope.kind === 'session';
    pressed(this.session, inSession);
    pressed(this.trace, !inSession);
    pressed(this.layers, state.spec.hiddenLayers.length > 0);
    const errors = summary?.errors ?? 0;
    setText(this.errorCount, errors ? `Errors ${formatCount(errors)}` : 'Errors');
    setAttribute(this.errors, 'disabled', errors ? null : '');
    this.errors.classList.toggle('has-errors', errors > 0);
    setClass(this.liveDot, `live-dot${state.paused ? ' live-paused' : ''}`);
    setText(this.liveText, this.liveWords());
    setAttribute(this.live, 'aria-pressed', String(state.paused));
    this.search.paint();
  }

  private liveWords(): string {
    const { state } = this.context;
    if (!state.paused) return 'Live';
    const waiting = this.context.waiting();
    return waiting ? `Paused · ${formatCount(waiting)} new` : 'Paused';
  }

  private openLayers(): void {
    const { spec } = this.context.state;
    const toggle = (layer: Layer) => {
      const hidden = spec.hiddenLayers.includes(layer);
      this.context.updateSpec({
        hiddenLayers: hidden
          ? spec.hiddenLayers.filter((other) => other !== layer)
          : [...spec.hiddenLayers, layer],
      });
    };
    const hidden = this.context.rows.head.hiddenCalls;
    const entries: MenuEntry[] = [
      {
        label: `Protocol messages${hidden ? ` (${formatCount(hidden)} hidden)` : ''}`,
        checked: !spec.hidesProtocol,
        run: () => this.context.updateSpec({ hidesProtocol: !spec.hidesProtocol }),
      },
      ...layers.map((layer, at) => ({
        label: layerNames[layer],
        checked: !spec.hiddenLayers.includes(layer),
        separated: at === 0,
        run: () => toggle(layer),
      })),
    ];
    entries.push({
      label: 'Show all layers',
      separated: true,
      disabled: spec.hiddenLayers.length === 0,
      run: () => this.context.updateSpec({ hiddenLayers: [] }),
    });
    openMenuUnder(entries, this.layers, 'Layers');
  }

  private openMore(anchor: HTMLElement): void {
    const { context } = this;
    const { state } = context;
    const entries: MenuEntry[] = [
      {
        label: 'Statistics',
        icon: 'graph',
        run: () => context.update({ pane: 'statistics' }),
      },
      {
        label: 'Findings',
        icon: 'lightbulb',
        run: () => context.update({ pane: 'findings' }),
      },
      ...groups(context),
      {
        label: 'Unfold all',
        icon: 'expand-all',
        key: '*',
        separated: true,
        run: () => context.updateSpec(setDefault(state.spec, true)),
      },
      {
        label: 'Fold all',
        icon: 'collapse-all',
        key: '_',
        run: () => context.updateSpec(setDefault(state.spec, false)),
      },
      {
        label: 'Time axis follows the rows',
        checked: state.axis === 'rows' && !state.window,
        separated: true,
        run: () =>
          context.update({
            window: null,
            axis: state.axis === 'rows' && !state.window ? 'all' : 'rows',
          }),
      },
      {
        label: 'Mark the critical path',
        checked: state.criticalPath,
        run: () => context.update({ criticalPath: !state.criticalPath }),
      },
      ...clocks.map((clock) => ({
        label: clockNames[clock],
        checked: state.clock === clock,
        radio: true,
        separated: clock === 'relative',
        run: () => context.update({ clock }),
      })),
      ...(context.inEditor
        ? (['export', 'import'] as const).map((command) => ({
            label: command === 'export' ? 'Export…' : 'Import…',
            icon: command === 'export' ? 'export' : 'folder-opened',
            separated: command === 'export',
            run: () => run(context, 'command/run', { command, span: null }),
          }))
        : []),
      {
        label: 'Clear the session…',
        icon: 'clear-all',
        run: () => this.actions.clear(),
      },
    ];
    openMenuUnder(entries, anchor, 'More actions');
  }
}

function groups(context: ViewContext): MenuEntry[] {
  const { spec } = context.state;
  return (Object.keys(groupNames) as GroupBy[]).map((groupBy) => ({
    label: groupNames[groupBy],
    checked: (spec.groupBy ?? 'time') === groupBy,
    radio: true,
    separated: groupBy === 'time',
    run: () => context.updateSpec({ groupBy }),
  }));
}

function pressed(control: HTMLElement, on: boolean): void {
  setAttribute(control, 'aria-pressed', String(on));
  control.classList.toggle('pressed', on);
}
