import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { ServerConfig } from '../../core/mcp/config.js';
import { parseEnvFile } from '../../core/mcp/configEnvFile.js';
import { listVariables, substituteVariables } from '../../core/mcp/configVariables.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import { InputCancelled, type Inputs } from '../config/inputs.js';
import type * as McpClientModule from '../mcpClient.js';
import type { Approvals } from './approval.js';
import type {
  ClientHooks,
  Connection,
  ConnectOptions,
  ServerAddress,
  ServerProcess,
} from './connection.js';
import { HttpProxy, type ProxyProcess } from './httpProxy.js';
import { type Connect, type Server, StartCancelled } from './server.js';
import { proxyCommand, type ShimOptions, serverEnvironment, wrapCommand } from './shimCommand.js';
import { readShimSettings } from './shimSettings.js';

export interface LauncherParts {
  readonly collector: CollectorClient;
  readonly inputs: Inputs;
  readonly approvals: Approvals;
  /** Folder of the built files. */
  readonly distDir: string;
  readonly version: string;
  readonly output: vscode.LogOutputChannel;
  readonly elicit: (
    server: string,
    ...question: Parameters<ClientHooks['elicit']>
  ) => ReturnType<ClientHooks['elicit']>;
}

/** A process to spawn, or a proxy to put in front of a URL. */
export type Launch = { readonly shown: string } & (
  | ServerProcess
  | (Omit<ServerAddress, 'url'> & { readonly proxy: ProxyProcess })
);

/** From a configured server to a process behind the shim. */
export class Launcher {
  constructor(private readonly parts: LauncherParts) {}

  readonly connect: Connect = async (server, hooks, signal) => {
    if (!vscode.workspace.isTrusted) {
      throw new Error('Servers are started only in a trusted workspace');
    }
    if (!(await this.parts.approvals.ask(server))) throw new StartCancelled('not approved');
    const launch = await this.prepare(server);
    if (signal.aborted) throw new StartCancelled('stopped while it was starting');
    server.log.note(`Starting ${launch.shown}`);
    const allHooks: ClientHooks = {
      ...hooks,
      listRoots: () =>
        (vscode.workspace.workspaceFolders ?? []).map(({ uri, name }) => ({
          uri: uri.toString(),
          name,
        })),
      elicit: (...question) => this.parts.elicit(server.tracedName, ...question),
    };
    const client = this.loadClient();
    const seconds = settingsOf(server).get('startTimeout', 60);
    const options = { signal, timeoutMs: seconds * 1000 };
    hooks.onLaunch();
    if (launch.kind === 'process') return client.connect(launch, allHooks, options);
    return connectThroughProxy(client, launch, allHooks, options);
  };

  /**
   * What to run, every variable filled in; asks for inputs that are not known yet.
   * @throws StartCancelled when the user closed such a question
   */
  async prepare(server: Server): Promise<Launch> {
    const config = await this.resolveVariables(server);
    const folder = server.file.folder.uri.fsPath;
    const inFolder = (path: string) => resolve(folder, untildify(path));
    const options = await this.shimOptions(server);
    const clientVersion = this.parts.version;
    if (config.transport !== 'stdio') {
      const proxy = proxyCommand(options, config.url);
      const key = randomBytes(24).toString('base64url');
      return {
        kind: config.transport,
        proxy: {
          command: proxy.command,
          args: proxy.args,
          env: serverEnvironment(process.env, proxy.telemetry, proxy.runtime, {
            SPANPATH_PROXY_KEY: key,
          }),
          cwd: folder,
        },
        // Only who is told the key gets through: a proxy with credentials is no open door.
        headers: { ...config.headers, 'spanpath-key': key },
        clientVersion,
        shown: config.url,
      };
    }
    const shim = wrapCommand(options, { command: untildify(config.command), args: config.args });
    return {
      kind: 'process',
      command: shim.command,
      args: shim.args,
      env: serverEnvironment(
        process.env,
        shim.telemetry,
        config.envFile === null ? {} : await readEnvFile(inFolder(config.envFile)),
        config.env,
        shim.runtime,
      ),
      cwd: config.cwd === null ? folder : inFolder(config.cwd),
      clientVersion,
      shown: [config.command, ...config.args].join(' '),
    };
  }

  private async shimOptions(server: Server): Promise<ShimOptions> {
    return {
      execPath: process.execPath,
      electron: process.versions.electron !== undefined,
      shimPath: join(this.parts.distDir, 'shim.js'),
      serverName: server.tracedName,
      collector: await this.findCollector(),
      settings: readShimSettings(settingsOf(server)),
    };
  }

  /** Traffic does not wait for telemetry: without a collector the server starts all the same. */
  private async findCollector(): Promise<ShimOptions['collector']> {
    try {
      return await this.parts.collector.start();
    } catch (error) {
      this.parts.output.error(`No collector for this server: ${String(error)}`);
      return null;
    }
  }

  private async resolveVariables(server: Server): Promise<ServerConfig> {
    const { file, config } = server;
    const values = new Map<string, string>();
    for (const variable of listVariables(config, file.dialect)) {
      const value = await this.variableValue(server, variable.name, variable.argument);
      if (value !== undefined) values.set(variable.text, value);
    }
    const resolved = substituteVariables(config, file.dialect, ({ text }) => values.get(text));
    const [missing] = resolved.missing;
    if (missing) throw new Error(`${missing.text} has no value`);
    return resolved.server;
  }

  private async variableValue(
    server: Server,
    name: string,
    argument: string,
  ): Promise<string | undefined> {
    const { folder, config } = server.file;
    switch (name) {
      case 'workspaceFolder':
        return (argument ? folderNamed(argument) : folder)?.uri.fsPath;
      case 'workspaceFolderBasename':
        return folder.name;
      case 'userHome':
        return homedir();
      case 'pathSeparator':
      case '/':
        return process.platform === 'win32' ? '\\' : '/';
      case 'env':
        // As in tasks: an unset variable is empty; a fallback of the shared dialect goes first.
        return process.env[argument] ?? (server.file.dialect === 'vscode' ? '' : undefined);
      case 'config':
        return vscode.workspace.getConfiguration(undefined, folder.uri).get<string>(argument);
      case 'input':
        break;
      default:
        return undefined;
    }
    const input = config.inputs.find(({ id }) => id === argument);
    if (!input) throw new Error(`\${input:${argument}} is used, but no input has this id`);
    try {
      return await this.parts.inputs.value(input);
    } catch (error) {
      if (error instanceof InputCancelled) throw new StartCancelled(error.message);
      throw error;
    }
  }

  private loadClient(): typeof McpClientModule {
    const load = createRequire(join(this.parts.distDir, 'extension.js'));
    return load('./mcpClient.js') as typeof McpClientModule;
  }
}

/** The proxy lives as long as the connection that goes through it. */
async function connectThroughProxy(
  client: typeof McpClientModule,
  launch: Exclude<Launch, ServerProcess>,
  hooks: ClientHooks,
  options: ConnectOptions,
): Promise<Connection> {
  const gone = { code: null, signal: null };
  const proxy = await HttpProxy.start(launch.proxy, hooks.onStderr, () => hooks.onExit(gone));
  try {
    const connection = await client.connect({ ...launch, url: proxy.url }, hooks, options);
    const close = async () => {
      await connection.close();
      proxy.stop();
    };
    return { ...connection, close };
  } catch (error) {
    proxy.stop();
    throw error;
  }
}

function settingsOf(server: Server): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('spanpath', server.file.uri);
}

function folderNamed(name: string): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.name === name);
}

function untildify(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

async function readEnvFile(path: string): Promise<Record<string, string>> {
  try {
    return parseEnvFile(await readFile(path, 'utf8'));
  } catch {
    throw new Error(`The envFile ${path} cannot be read`);
  }
}
