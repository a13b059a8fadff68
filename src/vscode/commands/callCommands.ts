import * as vscode from 'vscode';
import type { Callable } from '../call/callSubject.js';
import type { CallView } from '../call/callView.js';
import type { HandlerService } from '../handlers/handlerService.js';
import type { Server } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';
import type { ServerNode } from '../servers/serverTree.js';
import { pickOffered } from './pickers.js';
import { registerCommands } from './registerCommands.js';

/** Commands that open the form; from the palette they ask what to call. */
export function registerCallCommands(
  servers: Servers,
  view: CallView,
  handlers: HandlerService,
): vscode.Disposable[] {
  const open = (server: Server, callable: Callable) => view.show(server, callable);
  const commands: Record<string, (node?: ServerNode) => Promise<unknown>> = {
    callTool: async (node) => {
      if (node?.kind === 'tool') return open(node.server, node);
      const picked = await pickOffered(servers, 'tools', 'Call a tool');
      return picked && open(picked.server, { kind: 'tool', tool: picked.chosen });
    },
    getPrompt: async (node) => {
      if (node?.kind === 'prompt') return open(node.server, node);
      const picked = await pickOffered(servers, 'prompts', 'Get a prompt');
      return picked && open(picked.server, { kind: 'prompt', prompt: picked.chosen });
    },
    readResource: async (node) => {
      if (node?.kind === 'resource') return open(node.server, node);
      const picked = await pickOffered(servers, 'resources', 'Read a resource');
      return picked && open(picked.server, { kind: 'resource', resource: picked.chosen });
    },
    openHandler: async (node) => {
      if (node && isCallable(node)) return openCallable(handlers, node.server, node);
      const picked = await pickOffered(servers, 'tools', 'Open the handler of a tool');
      if (!picked) return;
      await openCallable(handlers, picked.server, { kind: 'tool', tool: picked.chosen });
    },
  };
  return registerCommands(commands);
}

function isCallable(node: ServerNode): node is ServerNode & Callable {
  return node.kind === 'tool' || node.kind === 'prompt' || node.kind === 'resource';
}

/** Opens the handler's source; a message says what was looked for when there is none. */
export async function openCallable(
  handlers: HandlerService,
  server: Server,
  callable: Callable,
): Promise<void> {
  const { opened, reason } = await handlers.openByName(
    server.tracedName,
    callable.kind,
    nameOf(callable),
  );
  if (!opened && reason) void vscode.window.showInformationMessage(reason);
}

function nameOf(callable: Callable): string {
  if (callable.kind === 'tool') return callable.tool.name;
  if (callable.kind === 'prompt') return callable.prompt.name;
  return callable.resource.uri ?? callable.resource.uriTemplate ?? callable.resource.name;
}
