import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ConfigProblem } from '../../core/mcp/config.js';
import type { ConfigFile } from '../config/configFiles.js';
import type { PromptInfo, ResourceInfo, ToolInfo } from './connection.js';
import { olderNote, type Server } from './server.js';
import type { Servers } from './servers.js';

export type ServerNode =
  | { readonly kind: 'server'; readonly server: Server }
  | { readonly kind: 'reason'; readonly server: Server; readonly reason: string }
  | { readonly kind: 'problem'; readonly file: ConfigFile; readonly problem: ConfigProblem }
  | { readonly kind: 'group'; readonly server: Server; readonly label: 'Prompts' | 'Resources' }
  | { readonly kind: 'tool'; readonly server: Server; readonly tool: ToolInfo }
  | { readonly kind: 'prompt'; readonly server: Server; readonly prompt: PromptInfo }
  | { readonly kind: 'resource'; readonly server: Server; readonly resource: ResourceInfo };

/** The Servers view: servers, then what they offer; broken configuration stands where it broke. */
export class ServerTree implements vscode.TreeDataProvider<ServerNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ServerNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly nodes = new WeakMap<Server, ServerNode>();
  /** Whether a server was drawn with what is below it, which is part of its row's id. */
  private readonly drawn = new WeakMap<Server, boolean>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly servers: Servers,
    private readonly published: {
      has(server: Server): boolean;
      readonly onDidChange: vscode.Event<void>;
    },
  ) {
    this.subscriptions = [
      servers.onDidChange((server) => this.changed.fire(server && this.refreshed(server))),
      published.onDidChange(() => this.changed.fire(undefined)),
    ];
  }

  /** The same object for the same server, so that the editor keeps its fold and selection. */
  nodeOf(server: Server): ServerNode {
    const node = this.nodes.get(server) ?? { kind: 'server', server };
    this.nodes.set(server, node);
    return node;
  }

  /**
   * What is drawn anew. A row that gets another id is drawn with the whole list: the editor would
   * go on painting it, whenever the theme changes, over the row that took its place.
   */
  private refreshed(server: Server): ServerNode | undefined {
    return this.drawn.get(server) === isUnfolded(server) ? this.nodeOf(server) : undefined;
  }

  getParent(node: ServerNode): ServerNode | undefined {
    return node.kind === 'server' || node.kind === 'problem' ? undefined : this.nodeOf(node.server);
  }

  getChildren(node?: ServerNode): ServerNode[] {
    if (!node) return this.roots();
    if (node.kind === 'group') return groupMembers(node.server, node.label);
    return node.kind === 'server' ? this.below(node.server) : [];
  }

  private roots(): ServerNode[] {
    const known = new Set(this.servers.all.map(({ id }) => id));
    const problems = this.servers.files.flatMap((file) =>
      file.config.problems
        .filter(({ server }) => server === null || !known.has(`${file.uri.toString()}#${server}`))
        .map((problem): ServerNode => ({ kind: 'problem', file, problem })),
    );
    return [...this.servers.all.map((server) => this.nodeOf(server)), ...problems];
  }

  private below(server: Server): ServerNode[] {
    const { state } = server;
    if (state.kind === 'failed') return [{ kind: 'reason', server, reason: state.reason }];
    if (state.kind !== 'running') return [];
    const { tools, prompts, resources } = state.offer;
    return [
      ...tools.map((tool): ServerNode => ({ kind: 'tool', server, tool })),
      ...(prompts.length ? [{ kind: 'group', server, label: 'Prompts' } as const] : []),
      ...(resources.length ? [{ kind: 'group', server, label: 'Resources' } as const] : []),
    ];
  }

  getTreeItem(node: ServerNode): vscode.TreeItem {
    switch (node.kind) {
      case 'server':
        return this.serverRow(node.server);
      case 'reason': {
        const row = new vscode.TreeItem(node.reason);
        row.iconPath = new vscode.ThemeIcon('output');
        row.tooltip = `${node.reason}\n\nSelect to show the log of this server.`;
        row.command = command('showServerLog', 'Show Server Log', node);
        return row;
      }
      case 'problem':
        return problemRow(node);
      case 'group':
        return new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Collapsed);
      case 'tool':
        return offerRow(node, node.tool, 'symbol-method', command('callTool', 'Call Tool', node));
      case 'prompt':
        return offerRow(node, node.prompt, 'comment', command('getPrompt', 'Get Prompt', node));
      case 'resource': {
        const { resource } = node;
        const row = offerRow(node, resource, 'file', command('readResource', 'Read', node));
        row.description = resource.uri ?? resource.uriTemplate ?? '';
        return row;
      }
    }
  }

  private serverRow(server: Server): vscode.TreeItem {
    const { state } = server;
    const open = isUnfolded(server);
    this.drawn.set(server, open);
    const row = new vscode.TreeItem(
      server.name,
      open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
    const published = this.published.has(server);
    // A row that was first shown without children is never unfolded later under the same id.
    row.id = `${server.id}#${open ? 'open' : 'closed'}`;
    row.contextValue = `server ${state.kind} ${published ? 'published' : 'unpublished'}`;
    row.iconPath = stateIcon(server);
    row.description = [
      stateText(server),
      ...(published ? ['in the agent'] : []),
      ...(this.isAmbiguous(server) ? [server.file.folder.name] : []),
    ].join(' · ');
    row.tooltip = serverTooltip(server);
    row.accessibilityInformation = { label: `${server.name}, ${row.description}` };
    return row;
  }

  private isAmbiguous(server: Server): boolean {
    return this.servers.all.filter(({ name }) => name === server.name).length > 1;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}

function isUnfolded({ state }: Server): boolean {
  return state.kind === 'running' || state.kind === 'failed';
}

function groupMembers(server: Server, label: 'Prompts' | 'Resources'): ServerNode[] {
  if (server.state.kind !== 'running') return [];
  const { prompts, resources } = server.state.offer;
  return label === 'Prompts'
    ? prompts.map((prompt) => ({ kind: 'prompt', server, prompt }))
    : resources.map((resource) => ({ kind: 'resource', server, resource }));
}

function command(id: string, title: string, node: ServerNode): vscode.Command {
  return { command: `spanpath.${id}`, title, arguments: [node] };
}

function offerRow(
  node: ServerNode,
  offer: { name: string; title?: string; description?: string },
  icon: string,
  run: vscode.Command,
): vscode.TreeItem {
  const row = new vscode.TreeItem(offer.name);
  row.iconPath = new vscode.ThemeIcon(icon);
  row.contextValue = node.kind;
  const firstLine = offer.description?.trim().split('\n')[0] ?? '';
  row.description = offer.title && offer.title !== offer.name ? offer.title : firstLine;
  row.tooltip = [offer.title ?? offer.name, offer.description ?? ''].filter(Boolean).join('\n\n');
  row.command = run;
  return row;
}

function problemRow({ file, problem }: { file: ConfigFile; problem: ConfigProblem }) {
  const label = problem.server ?? vscode.workspace.asRelativePath(file.uri);
  const row = new vscode.TreeItem(label);
  row.description = problem.message;
  row.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  row.contextValue = 'problem';
  row.tooltip = `${problem.message}\n\nSelect to open the place in ${file.uri.fsPath}`;
  row.command = {
    command: 'spanpath.openConfig',
    title: 'Open Server Configuration',
    arguments: [{ uri: file.uri, offset: problem.offset, length: problem.length }],
  };
  row.accessibilityInformation = { label: `${label}: ${problem.message}` };
  return row;
}

function stateText({ state, newerFile }: Server): string {
  if (state.kind !== 'running') return state.kind === 'starting' ? 'starting…' : state.kind;
  if (newerFile !== null) return `running · older than ${basename(newerFile)}`;
  const count = state.offer.tools.length;
  return `running · ${count} ${count === 1 ? 'tool' : 'tools'}`;
}

function stateIcon({ state, newerFile }: Server): vscode.ThemeIcon {
  switch (state.kind) {
    case 'running':
      return newerFile === null
        ? new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed'))
        : new vscode.ThemeIcon('history', new vscode.ThemeColor('list.warningForeground'));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
    case 'starting':
    case 'stopping':
      return new vscode.ThemeIcon('loading~spin');
    case 'stopped':
      return new vscode.ThemeIcon('circle-outline');
  }
}

function serverTooltip(server: Server): string {
  const { config, state } = server;
  const how =
    config.transport === 'stdio' ? [config.command, ...config.args].join(' ') : config.url;
  const why = state.kind === 'failed' ? [state.reason] : olderNote(server);
  return [server.name, how, ...why, vscode.workspace.asRelativePath(server.file.uri)].join('\n');
}
