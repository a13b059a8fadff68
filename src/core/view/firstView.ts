/** What a view asks first when it remembers nothing; a host may have the answer ready. */
import type { ViewSpec } from '../protocol.js';

/** Every call in order of time, unfolded, without the messages that only keep the protocol going. */
export const firstSpec: ViewSpec = {
  query: '',
  scope: { kind: 'session' },
  groupBy: 'time',
  hiddenLayers: [],
  hidesProtocol: true,
  expandedByDefault: true,
  toggled: [],
};

/** Rows asked for before the size of the view is known. */
export const firstRows = 60;

/** The newest rows: a view that remembers no place opens at the end. */
export const firstQuestion = { spec: firstSpec, from: -1, count: firstRows } as const;
