import * as vscode from 'vscode';
import type { AgentServers } from '../agent/agentServers.js';
import type { Inputs } from '../config/inputs.js';
import type { Server } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';
import type { ServerNode } from '../servers/serverTree.js';
import {
  ensureRunning,
  ensureTrusted,
  pickServer,
  restartRunning,
  type ServerChoice,
} from './pickers.js';
import { pickFolder } from './pickFolder.js';
import { registerCommands } from './registerCommands.js';

type Place = { uri: vscode.Uri; offset: number; length: number };
/** A row of the Servers view, a server's name (keybindings, other extensions), or nothing. */
type Target = ServerNode | string | undefined;

export interface ServerCommandParts {
  readonly servers: Servers;
  readonly agent: AgentServers;
  readonly inputs: Inputs;
  readonly refresh: () => Promise<void>;
}

const idle = (server: Server) => server.state.kind === 'stopped' || server.state.kind === 'failed';
const live = (server: Server) =>
  server.state.kind === 'running' || server.state.kind === 'starting';

export function registerServerCommands(parts: ServerCommandParts): vscode.Disposable[] {
  const { servers, agent } = parts;
  /** The server that a command is about: given by the view, by name, or picked. */
  const withServer =
    (choice: ServerChoice, run: (server: Server) => unknown) => async (target: Target) => {
      await servers.ready;
      const given =
        typeof target === 'string'
          ? servers.named(target)
          : target && 'server' in target
            ? target.server
            : undefined;
      const server = given ?? (await pickServer(servers, choice));
      if (server) await run(server);
    };
  const choose = (title: string, fits: ServerChoice['fits'], none: string): ServerChoice => ({
    ...{ title, fits, none },
  });
  const any = (title: string) => choose(title, () => true, '');
  const commands: Record<string, (...args: never[]) => unknown> = {
    startServer: withServer(
      choose('Start traced', idle, 'Every server is running already.'),
      (server) => ensureRunning(server),
    ),
    stopServer: withServer(choose('Stop', live, 'No server is running.'), (server) =>
      server.stop(),
    ),
    restartServer: withServer(choose('Restart', live, 'No server is running.'), (server) =>
      restartRunning(server),
    ),
    showServerLog: withServer(any('Show log'), (server) => server.log.show()),
    traceInAgent: withServer(
      choose(
        "Trace in VS Code's agent",
        (server) => !agent.has(server),
        "Every server is traced in VS Code's agent already.",
      ),
      async (server) => {
        if ((await ensureTrusted()) && (await agent.publish(server))) await tellPublished(server);
      },
    ),
    untraceInAgent: withServer(
      choose(
        "Stop tracing in VS Code's agent",
        (server) => agent.has(server),
        "No server is traced in VS Code's agent.",
      ),
      (server) => agent.withdraw(server),
    ),
    openConfig: async (target: Target | Place) => {
      if (target && typeof target === 'object' && 'offset' in target) return openAt(target);
      return withServer(any('Open configuration'), (server) =>
        openAt({ uri: server.file.uri, offset: server.config.offset, length: 0 }),
      )(target);
    },
    addServer: () => addServer(),
    refreshServers: () => parts.refresh(),
    forgetInputs: async () => {
      await parts.inputs.forget(servers.files.flatMap(({ config }) => config.inputs));
      void vscode.window.showInformationMessage(
        'Stored inputs were forgotten; they are asked again.',
      );
    },
  };
  return registerCommands(commands);
}

async function tellPublished(server: Server): Promise<void> {
  const list = 'List Servers';
  const answer = await vscode.window.showInformationMessage(
    `“${server.name} (traced)” is offered to VS Code's agent. Turn the plain “${server.name}” off in chat's tools, so that calls go through the traced one.`,
    list,
  );
  if (answer === list) await vscode.commands.executeCommand('workbench.mcp.listServer');
}

async function openAt({ uri, offset, length }: Place): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
  await vscode.window.showTextDocument(document, { selection: range });
}

const template = `{
  "servers": {
    "my-server": {
      "type": "stdio",
      "command": "node",
      "args": ["\${workspaceFolder}/server.js"]
    }
  }
}
`;

/** Opens the configuration to edit; a folder without one gets one to fill in. */
async function addServer(): Promise<void> {
  const folder = await pickFolder('Configure a server in which folder?');
  if (!folder) return;
  const uri = vscode.Uri.joinPath(folder.uri, '.vscode', 'mcp.json');
  const exists = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (exists) {
    await vscode.window.showTextDocument(uri);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: new TextEncoder().encode(template) });
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
}
