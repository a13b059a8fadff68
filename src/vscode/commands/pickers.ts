import * as vscode from 'vscode';
import type { PromptInfo, ResourceInfo, ToolInfo } from '../servers/connection.js';
import type { Server, ServerOffer } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';
import { askForFolder } from './pickFolder.js';

/** A start that takes longer than this gets a message with a way to end it. */
const quietStartMs = 3_000;

/** Which servers a command is for. */
export interface ServerChoice {
  readonly title: string;
  readonly fits: (server: Server) => boolean;
  /** Said when servers are configured, but none fits. */
  readonly none: string;
}

/** Asks which server, unless only one is possible. */
export async function pickServer(
  servers: Servers,
  { title, fits, none }: ServerChoice,
): Promise<Server | undefined> {
  await servers.ready;
  if (servers.all.length === 0) {
    await offerToAdd();
    return undefined;
  }
  const possible = servers.all.filter(fits);
  if (possible.length === 0) void vscode.window.showInformationMessage(none);
  if (possible.length <= 1) return possible[0];
  const rows = possible.map((server) => ({
    label: server.name,
    description: server.state.kind,
    detail: vscode.workspace.asRelativePath(server.file.uri),
    server,
  }));
  return (await vscode.window.showQuickPick(rows, { title, matchOnDetail: true }))?.server;
}

async function offerToAdd(): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) return askForFolder();
  const add = 'Add a Server';
  const text = 'No MCP server is configured here.';
  if ((await vscode.window.showInformationMessage(text, add)) === add) {
    await vscode.commands.executeCommand('spanpath.addServer');
  }
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
  if (server.state.kind !== 'running') await startWithProgress(server);
  const { state } = server;
  if (state.kind === 'running') return state.offer;
  if (state.kind === 'failed') await reportFailure(server, state.reason);
  return undefined;
}

/** Ends the process and starts a new one, if the user agrees to what would run. */
export async function restartRunning(server: Server): Promise<ServerOffer | undefined> {
  if (!(await ensureTrusted()) || !(await server.approve(server))) return undefined;
  await server.stop();
  return ensureRunning(server);
}

/**
 * The view shows every start; one that takes long is shown everywhere, and can be cancelled. The
 * user's own time, while a question is open, does not count.
 */
async function startWithProgress(server: Server): Promise<void> {
  const title = `Starting ${server.name}`;
  const started = server.start();
  await vscode.window.withProgress({ location: { viewId: 'spanpath.servers' }, title }, () =>
    Promise.race([started, server.launched.then(() => pause(quietStartMs))]),
  );
  if (server.state.kind !== 'starting') return started;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, cancelled) => {
      cancelled.onCancellationRequested(() => void server.stop());
      return started;
    },
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
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
  if (!(await ensureTrusted())) return undefined;
  const server = await pickServer(servers, { title, fits: () => true, none: '' });
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
