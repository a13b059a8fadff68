import * as vscode from 'vscode';
import type { PromptInfo, ResourceInfo, ToolInfo } from '../servers/connection.js';
import type { Server, ServerOffer } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';

/** Asks which server, unless only one is possible. */
export async function pickServer(
  servers: Servers,
  title: string,
  filter: (server: Server) => boolean = () => true,
): Promise<Server | undefined> {
  const possible = servers.all.filter(filter);
  if (possible.length === 0) {
    const open = 'Add a Server';
    const none = servers.all.length === 0;
    const text = none ? 'No MCP server is configured here.' : `No server to choose for “${title}”.`;
    const answer = await vscode.window.showInformationMessage(text, ...(none ? [open] : []));
    if (answer === open) await vscode.commands.executeCommand('spanpath.addServer');
    return undefined;
  }
  if (possible.length === 1) return possible[0];
  const rows = possible.map((server) => ({
    label: server.name,
    description: server.state.kind,
    detail: vscode.workspace.asRelativePath(server.file.uri),
    server,
  }));
  return (await vscode.window.showQuickPick(rows, { title, matchOnDetail: true }))?.server;
}

/** True in a trusted workspace; elsewhere says what is missing and offers the way there. */
export async function ensureTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const text = 'Spanpath starts servers only in a trusted workspace.';
  if ((await vscode.window.showInformationMessage(text, manage)) === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
  return false;
}

/** Starts the server when it does not run yet; undefined (and a message) when it cannot. */
export async function ensureRunning(server: Server): Promise<ServerOffer | undefined> {
  if (!(await ensureTrusted())) return undefined;
  if (server.state.kind !== 'running') {
    await vscode.window.withProgress(
      { location: { viewId: 'spanpath.servers' }, title: `Starting ${server.name}` },
      () => server.start(),
    );
  }
  const { state } = server;
  if (state.kind === 'running') return state.offer;
  if (state.kind === 'failed') await reportFailure(server, state.reason);
  return undefined;
}

export async function reportFailure(server: Server, reason: string): Promise<void> {
  const show = 'Show Log';
  const answer = await vscode.window.showErrorMessage(`“${server.name}”: ${reason}`, show);
  if (answer === show) server.log.show();
}

interface Offered {
  tools: ToolInfo;
  prompts: PromptInfo;
  resources: ResourceInfo;
}

/** Asks for a server, then for one of its tools, prompts or resources. */
export async function pickOffered<K extends keyof Offered>(
  servers: Servers,
  kind: K,
  title: string,
): Promise<{ server: Server; chosen: Offered[K] } | undefined> {
  const server = await pickServer(servers, title);
  const offer = server && (await ensureRunning(server));
  if (!server || !offer) return undefined;
  const offered = offer[kind] as readonly Offered[K][];
  if (offered.length === 0) {
    void vscode.window.showInformationMessage(`“${server.name}” has no ${kind}.`);
    return undefined;
  }
  const rows = offered.map((chosen) => ({
    label: chosen.name,
    description: chosen.title ?? '',
    detail: chosen.description?.trim().split('\n')[0] ?? '',
    chosen,
  }));
  const row = await vscode.window.showQuickPick(rows, { title, matchOnDetail: true });
  return row && { server, chosen: row.chosen };
}
