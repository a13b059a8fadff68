import * as vscode from 'vscode';
import type { Approvals } from '../servers/approval.js';
import { fingerprint } from '../servers/fingerprint.js';
import type { Launcher } from '../servers/launcher.js';
import type { Server } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';

const stateKey = 'spanpath.published';
export const agentProviderId = 'spanpath.traced';

/** A server that the editor lists; the process is made up only when it is started. */
class TracedDefinition extends vscode.McpStdioServerDefinition {
  constructor(
    readonly server: Server,
    version: string,
  ) {
    super(`${server.name} (traced)`, process.execPath, [], {}, version);
  }
}

/** Publishes the servers that the user chose to VS Code's agent, wrapped in the shim. */
export class AgentServers
  implements vscode.McpServerDefinitionProvider<vscode.McpServerDefinition>, vscode.Disposable
{
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  readonly onDidChangeMcpServerDefinitions = this.changed.event;
  private readonly subscription: vscode.Disposable;
  private servers: Servers | null = null;

  constructor(
    private readonly state: vscode.Memento,
    private readonly launcher: Launcher,
    private readonly approvals: Approvals,
  ) {
    this.subscription = vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire());
  }

  /** The list and this class need each other; the list comes second. */
  watch(servers: Servers): vscode.Disposable {
    this.servers = servers;
    return servers.onDidChange((server) => {
      if (!server) this.changed.fire();
    });
  }

  has(server: Server): boolean {
    return this.chosen().includes(server.id);
  }

  async publish(server: Server): Promise<void> {
    if (!(await this.approvals.ask(server))) return;
    await this.choose([...this.chosen().filter((id) => id !== server.id), server.id]);
  }

  async withdraw(server: Server): Promise<void> {
    await this.choose(this.chosen().filter((id) => id !== server.id));
  }

  provideMcpServerDefinitions(): vscode.McpServerDefinition[] {
    if (!vscode.workspace.isTrusted) return [];
    const published = (this.servers?.all ?? []).filter((server) => this.has(server));
    return published.map((server) => new TracedDefinition(server, fingerprint(server.config)));
  }

  /** Runs when the agent starts the server: here questions may be asked. */
  async resolveMcpServerDefinition(
    definition: vscode.McpServerDefinition,
  ): Promise<vscode.McpServerDefinition | undefined> {
    const server =
      definition instanceof TracedDefinition
        ? definition.server
        : this.servers?.all.find(({ name }) => `${name} (traced)` === definition.label);
    if (!server || !vscode.workspace.isTrusted) return undefined;
    if (!(await this.approvals.ask(server))) return undefined;
    const launch = await this.launcher.prepare(server);
    const resolved = new vscode.McpStdioServerDefinition(
      definition.label,
      launch.command,
      [...launch.args],
      launch.env,
      fingerprint(server.config),
    );
    resolved.cwd = vscode.Uri.file(launch.cwd);
    return resolved;
  }

  private chosen(): string[] {
    return this.state.get<string[]>(stateKey, []);
  }

  private async choose(ids: string[]): Promise<void> {
    await this.state.update(stateKey, ids);
    this.changed.fire();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}
