import * as vscode from 'vscode';
import { describeServer, fingerprint } from './fingerprint.js';
import type { Server } from './server.js';

const stateKey = 'spanpath.approved';

/**
 * Remembers which command of a server the user has started. The first start by hand approves
 * what is configured; a start after a change shows the whole new command and asks.
 */
export class Approvals {
  constructor(private readonly state: vscode.Memento) {}

  isApproved(server: Server): boolean {
    return this.known()[server.id] === fingerprint(server.config);
  }

  /** True when the server may be started now. */
  async ask(server: Server): Promise<boolean> {
    const print = fingerprint(server.config);
    const known = this.known()[server.id];
    if (known === print) return true;
    if (known !== undefined) {
      const start = 'Start';
      const answer = await vscode.window.showWarningMessage(
        `The configuration of “${server.name}” changed since you last started it.`,
        { modal: true, detail: describeServer(server.config) },
        start,
      );
      if (answer !== start) return false;
    }
    await this.state.update(stateKey, { ...this.known(), [server.id]: print });
    return true;
  }

  private known(): Record<string, string> {
    return this.state.get<Record<string, string>>(stateKey, {});
  }
}
