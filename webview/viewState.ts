/** What the view remembers when it is hidden, moved or reloaded. */
import type { ViewSpec } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import type { Clock } from '../src/core/view/clock.js';
import { firstSpec } from '../src/core/view/firstView.js';
import type { TimeWindow } from '../src/core/view/timeScale.js';

export type PaneKind = 'details' | 'findings' | 'statistics' | 'compare';
export const detailTabs = [
  'call',
  'timing',
  'attributes',
  'logs',
  'error',
  'wire',
  'source',
] as const;
export type DetailTab = (typeof detailTabs)[number];

export interface ViewState {
  readonly spec: ViewSpec;
  /** Null: by itself, as `axis` says. */
  readonly window: TimeWindow | null;
  /** What the time axis goes with while nobody has chosen a window. */
  readonly axis: 'rows' | 'all';
  readonly clock: Clock;
  readonly selected: (SpanRef & { readonly id: string }) | null;
  /** The row at the top, to come back to. */
  readonly top: { readonly index: number; readonly id: string | null };
  /** Width of the tree with its durations, share of the view; null until somebody chose one. */
  readonly treeShare: number | null;
  /** Height of the pane below, share of the view. */
  readonly paneShare: number;
  readonly pane: PaneKind | null;
  readonly tab: DetailTab;
  readonly paused: boolean;
  /** The two calls that stand side by side. */
  readonly compared: { readonly left: SpanRef; readonly right: SpanRef } | null;
  readonly searches: readonly string[];
  readonly criticalPath: boolean;
}

export const initialState: ViewState = {
  spec: firstSpec,
  window: null,
  axis: 'rows',
  clock: 'relative',
  selected: null,
  top: { index: 0, id: null },
  treeShare: null,
  paneShare: 0.36,
  pane: 'details',
  tab: 'call',
  paused: false,
  compared: null,
  searches: [],
  criticalPath: true,
};

/** What an older version or another program left is taken field by field, where it fits. */
export function restoreState(kept: unknown): ViewState {
  if (typeof kept !== 'object' || kept === null) return initialState;
  const from = kept as Partial<ViewState>;
  const restored: Record<string, unknown> = { ...initialState };
  for (const key of Object.keys(initialState) as (keyof ViewState)[]) {
    const before = initialState[key];
    const value = from[key];
    if (value === undefined) continue;
    if (before === null || typeof value === typeof before) restored[key] = value;
  }
  const state = restored as unknown as ViewState;
  return { ...state, spec: { ...initialState.spec, ...state.spec }, paused: false };
}
