import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  type ClientServer,
  type CommandEntry,
  listCommands,
  unwrapServers,
  wrapMark,
  wrapServers,
} from '../../core/mcp/configWrap.js';
import { pickFolder } from '../commands/pickFolder.js';
import { registerCommands } from '../commands/registerCommands.js';
import { readShimSettings, type ShimSettings, shimWords } from '../servers/shimSettings.js';
import { changeFile } from './changeFile.js';
import { type ClientFile, findClientFiles } from './clientFiles.js';
import { installShim, spoolFolder } from './stableShim.js';

const stateKey = 'spanpath.clients';

export interface ClientCommandParts {
  readonly state: vscode.Memento;
  readonly distDir: string;
  /** Outlives updates of the extension. */
  readonly storageDir: string;
  readonly version: string;
}

/** Wraps servers in another client's configuration file, with a backup and a way back. */
export function registerClientCommands(parts: ClientCommandParts): vscode.Disposable[] {
  return registerCommands({
    traceInClient: () => unlessRefused(traceInClient(parts)),
    untraceInClient: () => unlessRefused(untraceInClient(parts)),
  });
}

/** A file that cannot be read or written is named, with what the system says of it. */
async function unlessRefused(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the client's configuration was not changed: ${reason}`);
  }
}

/** After an update the copied shim is renewed, where clients use it. */
export async function renewShim({ state, ...parts }: ClientCommandParts): Promise<void> {
  if (state.get<ClientFile[]>(stateKey, []).length === 0) return;
  await installShim(parts.distDir, parts.storageDir, parts.version);
}

async function traceInClient(parts: ClientCommandParts): Promise<void> {
  const folder = await pickFolder('Show the traces in which folder?');
  if (!folder) return;
  const workspace = folder.uri.fsPath;
  const file = await pickFile();
  if (!file) return;
  const text = await readFile(file.path, 'utf8');
  const servers = listCommands(text, file.key).filter(({ wrapped }) => !wrapped);
  if (servers.length === 0) {
    void vscode.window.showInformationMessage(
      `${file.path} has no server with a command that is not traced already.`,
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(
    servers.map((server) => ({
      label: server.name,
      detail: [server.command, ...server.args].join(' '),
      picked: true,
    })),
    { title: `Servers of ${file.client} to trace`, canPickMany: true },
  );
  const names = chosen?.map(({ label }) => label) ?? [];
  if (names.length === 0) return;
  const shim = await installShim(parts.distDir, parts.storageDir, parts.version);
  const settings = readShimSettings(vscode.workspace.getConfiguration('spanpath', folder.uri));
  if (!(await confirm(file, names))) return;
  await mkdir(spoolFolder(workspace), { recursive: true, mode: 0o700 });
  const wrap = (server: ClientServer) => wrapForClient(server, shim, workspace, settings);
  // The client may have written its file while the questions stood open.
  const changed = await changeFile(
    file.path,
    (now) => wrapServers(now, file.key, names, wrap),
    (now) => keepBackup(file, now),
  );
  if (!changed) throw new Error(`${names.join(', ')} left ${file.path} meanwhile`);
  await remember(parts, file, true);
  await offerUndo(parts, file);
}

/** The settings as they are now: a client reads them out of its own file. */
function wrapForClient(
  server: ClientServer,
  shim: string,
  workspace: string,
  settings: ShimSettings,
): CommandEntry {
  return {
    command: process.execPath,
    args: [
      shim,
      ...['--name', server.name, '--spool', spoolFolder(workspace)],
      ...shimWords(settings),
      ...['--', server.command, ...server.args],
    ],
    env: {
      ...server.env,
      [wrapMark]: workspace,
      ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1', SPANPATH_ELECTRON: '1' } : {}),
    },
  };
}

async function pickFile(): Promise<ClientFile | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const rows = findClientFiles(folders).map((file) => ({
    label: file.client,
    description: file.path,
    file,
  }));
  const other = { label: 'Another file…', description: 'with “mcpServers” in it', file: null };
  const row = await vscode.window.showQuickPick([...rows, other], {
    title: 'Trace in which client?',
    matchOnDescription: true,
  });
  if (!row || row.file) return row?.file ?? undefined;
  const [uri] = (await vscode.window.showOpenDialog({ filters: { JSON: ['json'] } })) ?? [];
  return uri && { client: 'the client', path: uri.fsPath, key: 'mcpServers' };
}

async function confirm(file: ClientFile, names: readonly string[]): Promise<boolean> {
  const change = 'Change the File';
  const answer = await vscode.window.showInformationMessage(
    `Trace ${names.join(', ')} in ${file.client}?`,
    {
      modal: true,
      detail: `${file.path} will start them through Spanpath's shim. A backup is kept beside it as ${backupOf(file)}. Restart the client afterwards.`,
    },
    change,
  );
  return answer === change;
}

async function offerUndo(parts: ClientCommandParts, file: ClientFile): Promise<void> {
  const undo = 'Undo';
  const show = 'Show the File';
  const answer = await vscode.window.showInformationMessage(
    `${file.client} traces these servers when it starts next.`,
    show,
    undo,
  );
  if (answer === undo) await unwrap(parts, file);
  if (answer === show) await vscode.window.showTextDocument(vscode.Uri.file(file.path));
}

async function untraceInClient(parts: ClientCommandParts): Promise<void> {
  const files = parts.state.get<ClientFile[]>(stateKey, []);
  if (files.length === 0) {
    void vscode.window.showInformationMessage('No other client is traced.');
    return;
  }
  const rows = files.map((file) => ({ label: file.client, description: file.path, file }));
  const row = await vscode.window.showQuickPick(rows, { title: 'Stop tracing in which client?' });
  if (row) await unwrap(parts, row.file);
}

/** Only what was put in is taken out: the file may have been edited since. */
async function unwrap(parts: ClientCommandParts, file: ClientFile): Promise<void> {
  const missing = await changeFile(file.path, (text) => unwrapServers(text, file.key)).then(
    () => false,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return true;
    },
  );
  await remember(parts, file, false);
  void vscode.window.showInformationMessage(
    missing
      ? `${file.path} is gone, so nothing is traced there any more.`
      : `${file.client} starts its servers as before. Restart it to make it so.`,
  );
}

/** The file as it was before the first server was wrapped; a later wrap leaves that backup. */
async function keepBackup(file: ClientFile, text: string): Promise<void> {
  if (!text.includes(wrapMark)) await writeFile(backupOf(file), text, { mode: 0o600 });
}

async function remember({ state }: ClientCommandParts, file: ClientFile, traced: boolean) {
  const others = state.get<ClientFile[]>(stateKey, []).filter(({ path }) => path !== file.path);
  await state.update(stateKey, traced ? [...others, file] : others);
}

function backupOf({ path }: ClientFile): string {
  return `${path}.before-spanpath`;
}
