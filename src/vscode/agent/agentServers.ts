import * as vscode from 'vscode';
import type { Approvals } from '../servers/approval.js';
import { fingerprint } from '../servers/fingerprint.js';
import { HttpProxy } from '../servers/httpProxy.js';
import type { Launch, Launcher } from '../servers/launcher.js';
import type { Server } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';

const stateKey = 'spanpath.published';
export const agentProviderId = 'spanpath.traced';
/** Stands in the list until the proxy is there. */
const nowhere = vscode.Uri.parse('http://127.0.0.1/');
const startAttempts = 10;
const startPauseMs = 300;

function labelOf(server: Server): string {
  return `${server.tracedName} (traced)`;
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
  private readonly proxies = new Map<string, HttpProxy>();
  /** Labels that the editor asked to start. */
  private readonly resolved = new Set<string>();

  constructor(
    private readonly state: vscode.Memento,
    private readonly launcher: Launcher,
    private readonly approvals: Approvals,
    private readonly extensionId: string,
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

  /** Offers the server to the agent and has it started there; false when the user declined. */
  async publish(server: Server): Promise<boolean> {
    if (!(await this.approvals.ask(server))) return false;
    await this.choose([...this.chosen().filter((id) => id !== server.id), server.id]);
    void this.startInAgent(server);
    return true;
  }

  /**
   * The editor takes a moment to hear of a new server and does not say when it has, so it is asked
   * until it wants to know how to start this one.
   */
  private async startInAgent(server: Server): Promise<void> {
    const label = labelOf(server);
    this.resolved.delete(label);
    for (let attempt = 0; attempt < startAttempts; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, startPauseMs));
      if (this.resolved.has(label) || !this.has(server)) return;
      await vscode.commands
        .executeCommand('workbench.mcp.startServer', `${this.extensionId}/${label}`)
        .then(undefined, () => undefined);
    }
  }

  async withdraw(server: Server): Promise<void> {
    this.proxies.get(server.id)?.stop();
    await this.choose(this.chosen().filter((id) => id !== server.id));
  }

  provideMcpServerDefinitions(): vscode.McpServerDefinition[] {
    if (!vscode.workspace.isTrusted) return [];
    const published = (this.servers?.all ?? []).filter((server) => this.has(server));
    return published.map(describe);
  }

  /** Runs when the agent starts the server: here questions may be asked. */
  async resolveMcpServerDefinition(
    definition: vscode.McpServerDefinition,
  ): Promise<vscode.McpServerDefinition | undefined> {
    const server = this.servers?.all.find((each) => labelOf(each) === definition.label);
    if (!server || !vscode.workspace.isTrusted) return undefined;
    this.resolved.add(definition.label);
    if (!(await this.approvals.ask(server))) return undefined;
    const launch = await this.launcher.prepare(server);
    if (launch.kind !== 'process') return this.proxied(server, launch);
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

  /** The agent's own proxy stays until the server is withdrawn, or is started anew. */
  private async proxied(
    server: Server,
    launch: Exclude<Launch, { kind: 'process' }>,
  ): Promise<vscode.McpServerDefinition> {
    this.proxies.get(server.id)?.stop();
    const proxy: HttpProxy = await HttpProxy.start(
      launch.proxy,
      (text) => server.log.append(text),
      () => {
        if (this.proxies.get(server.id) === proxy) this.proxies.delete(server.id);
      },
    );
    this.proxies.set(server.id, proxy);
    return new vscode.McpHttpServerDefinition(
      labelOf(server),
      vscode.Uri.parse(proxy.url),
      { ...launch.headers },
      fingerprint(server.config),
    );
  }

  private chosen(): string[] {
    return this.state.get<string[]>(stateKey, []);
  }

  private async choose(ids: string[]): Promise<void> {
    await this.state.update(stateKey, ids);
    this.changed.fire();
  }

  dispose(): void {
    for (const proxy of this.proxies.values()) proxy.stop();
    this.subscription.dispose();
    this.changed.dispose();
  }
}

/** A server as the editor lists it; how it is run is made up only when it is started. */
function describe(server: Server): vscode.McpServerDefinition {
  const version = fingerprint(server.config);
  return server.config.transport === 'stdio'
    ? new vscode.McpStdioServerDefinition(labelOf(server), process.execPath, [], {}, version)
    : new vscode.McpHttpServerDefinition(labelOf(server), nowhere, {}, version);
}
