import * as vscode from 'vscode';
import { AgentServers, agentProviderId } from './vscode/agent/agentServers.js';
import { TraceTool, traceToolName } from './vscode/agent/traceTool.js';
import { createApi, type SpanpathApi } from './vscode/api.js';
import { CallMemory } from './vscode/call/callMemory.js';
import { CallView } from './vscode/call/callView.js';
import { registerClientCommands, renewShim } from './vscode/clients/clientCommands.js';
import { CollectorClient } from './vscode/collector/collectorClient.js';
import { currentOutlets, followOutlets } from './vscode/collector/followOutlets.js';
import { TelemetryStatus } from './vscode/collector/telemetryStatus.js';
import { wakeCollector } from './vscode/collector/wakeCollector.js';
import { openCallable, registerCallCommands } from './vscode/commands/callCommands.js';
import { watchContexts } from './vscode/commands/contexts.js';
import { registerOpenRow } from './vscode/commands/openRow.js';
import { ensureRunning, restartRunning } from './vscode/commands/pickers.js';
import { type ReplayRun, replayCall } from './vscode/commands/replayCall.js';
import { createRunFromView } from './vscode/commands/runFromView.js';
import { registerServerCommands } from './vscode/commands/serverCommands.js';
import { registerTraceCommands } from './vscode/commands/traceCommands.js';
import { registerTransferCommands } from './vscode/commands/transferCommands.js';
import { ConfigFiles } from './vscode/config/configFiles.js';
import { Inputs } from './vscode/config/inputs.js';
import { HandlerService } from './vscode/handlers/handlerService.js';
import { IndexerClient } from './vscode/handlers/indexerClient.js';
import { HandlerLenses } from './vscode/lens/handlerLenses.js';
import { Approvals } from './vscode/servers/approval.js';
import { askByForm } from './vscode/servers/elicitation.js';
import { readHandlerFiles } from './vscode/servers/handlerFiles.js';
import { Launcher } from './vscode/servers/launcher.js';
import { restartOnChange } from './vscode/servers/restartOnChange.js';
import { Servers } from './vscode/servers/servers.js';
import { ServerTree } from './vscode/servers/serverTree.js';
import { noteTrust } from './vscode/servers/trustNote.js';
import { watchSources } from './vscode/servers/watchSources.js';
import { tellTerminals } from './vscode/terminals.js';
import { findCall, patientAttempts } from './vscode/trace/findCall.js';
import { createHostHandlers } from './vscode/trace/hostHandlers.js';
import { openOnFirstCall } from './vscode/trace/openOnFirstCall.js';
import { TextDocuments } from './vscode/trace/textDocuments.js';
import { TracePanel, traceMethods, traceViewType } from './vscode/trace/tracePanel.js';

let running: { collector: CollectorClient; servers: Servers } | null = null;

/** Builds every part once and ties them together; each does its work when it is first needed. */
export function activate(context: vscode.ExtensionContext): SpanpathApi {
  const { extensionUri, workspaceState, secrets } = context;
  const distUri = vscode.Uri.joinPath(extensionUri, 'dist');
  const distDir = distUri.fsPath;
  const output = vscode.window.createOutputChannel('Spanpath', { log: true });
  const worker = vscode.Uri.joinPath(distUri, 'collector.js').fsPath;
  const { storageUri } = context;
  const dbPath = storageUri ? vscode.Uri.joinPath(storageUri, 'traces.db').fsPath : null;
  const outlets = () => currentOutlets().outlets;
  const collector = new CollectorClient(worker, dbPath, output, outlets);
  const configs = new ConfigFiles(output);
  const inputs = new Inputs(secrets, workspaceState);
  const approvals = new Approvals(workspaceState);
  const { version } = context.extension.packageJSON as { version: string };
  const launcher = new Launcher({
    ...{ collector, inputs, approvals, distDir, version, output },
    elicit: askByForm,
  });
  const servers = new Servers(configs, launcher.connect, (server) => approvals.ask(server));
  const agent = new AgentServers(workspaceState, launcher, approvals, context.extension.id);
  const indexer = new IndexerClient(distDir, storageUri?.fsPath ?? null, (line) =>
    output.info(line),
  );
  const handlers = new HandlerService({ collector, indexer, output });
  const texts = new TextDocuments();
  const replay: ReplayRun = (span) => replayCall({ collector, servers, callView }, span);
  const run = createRunFromView({ collector, replay });
  const hostHandlers = createHostHandlers({ handlers, texts, run });
  const panel = new TracePanel(collector, hostHandlers, distUri);
  const callView = new CallView({
    memory: new CallMemory(workspaceState),
    distDir: distUri,
    ensureRunning: async (server) => (await ensureRunning(server)) !== undefined,
    restart: async (server) => (await restartRunning(server)) !== undefined,
    onDidChangeServer: servers.onDidChange,
    openHandler: (server, callable) => openCallable(handlers, server, callable),
    findSpan: (call) => findCall(collector, call).catch(() => null),
    showInTrace: async (call) => {
      const span = await findCall(collector, call);
      panel.open(span ? { span } : {});
    },
    followInTrace: async (call, before) => {
      if (!panel.isOpen && !before) return;
      const span = await findCall(collector, call, patientAttempts);
      if (span) panel.open({ span, preserveFocus: true, ...(before ? { before } : {}) });
    },
    shared: hostHandlers,
  });
  const lenses = new HandlerLenses(collector, handlers);
  const clients = {
    ...{ state: context.globalState, distDir, version },
    storageDir: context.globalStorageUri.fsPath,
  };
  const tree = new ServerTree(servers, agent);
  const view = vscode.window.createTreeView('spanpath.servers', { treeDataProvider: tree });
  running = { collector, servers };
  tellTerminals(
    context.environmentVariableCollection,
    vscode.Uri.joinPath(distUri, 'shim.js').fsPath,
  );
  context.subscriptions.push(
    ...[output, collector, configs, servers, agent, indexer, handlers, texts, panel],
    agent.watch(servers),
    watchContexts(servers),
    restartOnChange(servers),
    watchSources(servers, readHandlerFiles(collector)),
    new TelemetryStatus(collector, servers, (problem) => panel.setProblem(problem)),
    openOnFirstCall(collector, panel),
    vscode.lm.registerMcpServerDefinitionProvider(agentProviderId, agent),
    vscode.lm.registerTool(traceToolName, new TraceTool(collector)),
    vscode.window.registerWebviewPanelSerializer(traceViewType, panel),
    ...[tree, view, noteTrust(view, servers), registerOpenRow(view)],
    ...registerServerCommands({ servers, agent, inputs, refresh: () => configs.read() }),
    vscode.window.registerWebviewViewProvider('spanpath.call', callView, {
      // A running call and its answer outlive a look at another view; the page is small.
      webviewOptions: { retainContextWhenHidden: true },
    }),
    ...registerCallCommands(servers, callView, handlers),
    ...registerTraceCommands({ panel, collector, output, replay }),
    ...registerClientCommands(clients),
    ...registerTransferCommands({ panel, collector }),
    followOutlets(collector, output),
    wakeCollector(collector, dbPath, output, () => renewShim(clients)),
    lenses,
    vscode.languages.registerCodeLensProvider({ scheme: 'file' }, lenses),
  );
  return createApi(collector, traceMethods);
}

/** The editor waits a moment for this: servers end in order and the store is written. */
export async function deactivate(): Promise<void> {
  await running?.servers.stopAll();
  await running?.collector.stop();
}
