/** What every part of the view is given: the state, the rows, and what a part may do. */
import type { SessionSummary, SpanRow, ViewSpec } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import type { TimeWindow } from '../src/core/view/timeScale.js';
import type { Host } from './connection.js';
import type { NoticeKind } from './notices.js';
import type { RowStore } from './rowStore.js';
import type { Theme } from './theme.js';
import type { ViewState } from './viewState.js';

export interface ViewContext {
  readonly host: Host;
  readonly rows: RowStore;
  /** False in a plain browser: no file can be opened. */
  readonly inEditor: boolean;
  readonly state: ViewState;
  readonly summary: SessionSummary | null;
  readonly theme: Theme;
  /** Changes the state, keeps it and asks for a frame. */
  update(change: Partial<ViewState>): void;
  /** The same for what is asked of the collector. */
  updateSpec(change: Partial<ViewSpec>): void;
  requestPaint(): void;
  /** ns after the origin, going on while a call runs and the view is live. */
  now(): number;
  /** The window of time on screen. */
  window(): TimeWindow;
  /** How far the window can reach. */
  bounds(): TimeWindow;
  select(row: Pick<SpanRow, 'id' | 'traceId' | 'spanId'> | null): void;
  /** Brings a span on screen, unfolded, in the middle, and selects it. */
  reveal(span: SpanRef): Promise<void>;
  openHandler(span: SpanRef): void;
  copy(text: string, what: string): void;
  /** A line that a screen reader says and that shows for a moment; a quiet one is only said. */
  notify(message: string, kind?: NoticeKind): void;
  /** Spans that came while the view is paused. */
  waiting(): number;
  focusRows(): void;
  focusSearch(): void;
}
