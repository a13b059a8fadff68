import { describe, expect, it, vi } from 'vitest';
import type { SessionSummary } from '../../../src/core/protocol.js';
import { EventEmitter } from './fakeVscode.js';

const row = { name: '', text: '', tooltip: '', shown: false };
vi.mock('vscode', () => ({
  StatusBarAlignment: { Right: 2 },
  ThemeColor: class {},
  window: {
    createStatusBarItem: () =>
      Object.assign(row, {
        show: () => Object.assign(row, { shown: true }),
        hide: () => Object.assign(row, { shown: false }),
        dispose: () => {},
      }),
  },
}));
const { TelemetryStatus } = await import('../../../src/vscode/collector/telemetryStatus.js');

const changed = new EventEmitter<SessionSummary>();
const collector = {
  state: { kind: 'running' },
  onDidChangeState: () => ({ dispose: () => {} }),
  on: (event: string, listener: (value: never) => void) =>
    event === 'session/changed' ? changed.event(listener as never) : { dispose: () => {} },
};
const servers = { onDidChange: () => ({ dispose: () => {} }) };

function tell(calls: number, protocolCalls: number, errors = 0) {
  const rest = { revision: 1, spans: calls, running: 0, servers: ['weather'], storeProblem: null };
  changed.fire({ ...rest, calls, protocolCalls, errors });
  return row;
}

describe('the status bar', () => {
  new TelemetryStatus(collector as never, servers as never, () => {});

  it('stays empty while client and server have only got to know each other', () => {
    expect(tell(6, 6).shown).toBe(false);
  });

  it('counts the calls that the view shows', () => {
    expect(tell(7, 6)).toMatchObject({ shown: true, text: '$(list-tree) 1' });
    expect(row.tooltip).toMatch(/^1 traced call, 0 with errors, 0 running\./);
    expect(tell(9, 6, 2).text).toBe('$(list-tree) 3 $(error) 2');
  });
});
