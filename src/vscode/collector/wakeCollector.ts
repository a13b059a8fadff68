import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { spoolFolder } from '../clients/stableShim.js';
import type { CollectorClient } from './collectorClient.js';
import { currentOutlets } from './followOutlets.js';
import { wantsOutlets } from './outlets.js';
import { claim, findSpooled } from './spoolFiles.js';

/** After the editor's own start, so that nobody waits for it. */
const delayMs = 1_500;

/**
 * Starts the collector without being asked when there is something for it to do: traces of
 * earlier sessions, a port or a forward target in the settings, or spans that shims kept while no
 * editor was open. The last are imported.
 */
export function wakeCollector(
  collector: CollectorClient,
  dbPath: string | null,
  output: vscode.LogOutputChannel,
  prepare: () => Promise<void>,
): vscode.Disposable {
  const timer = setTimeout(() => {
    Promise.all([prepare(), wake(collector, dbPath, output)]).catch((error: unknown) =>
      output.error(String(error)),
    );
  }, delayMs);
  return { dispose: () => clearTimeout(timer) };
}

async function wake(
  collector: CollectorClient,
  dbPath: string | null,
  output: vscode.LogOutputChannel,
): Promise<void> {
  const home = process.env.SPANPATH_HOME ?? join(homedir(), '.spanpath');
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const spooled = [
    ...findSpooled(join(home, 'spool'), folders),
    ...folders.flatMap((folder) => findSpooled(spoolFolder(folder), null)),
  ];
  const { outlets, problems } = currentOutlets();
  for (const problem of problems) output.warn(problem);
  // Other clients look for a collector when they start a server, whenever that is.
  const hasClients = folders.some((folder) => existsSync(spoolFolder(folder)));
  const hasHistory = dbPath !== null && existsSync(dbPath);
  if (spooled.length === 0 && !hasHistory && !hasClients && !wantsOutlets(outlets)) return;
  await collector.start();
  for (const path of spooled) {
    const claimed = claim(path);
    if (!claimed) continue;
    try {
      const { spans, logs } = await collector.request('session/import', {
        id: claimed.path,
        path: claimed.path,
      });
      output.info(`${spans} spans and ${logs} logs were waiting in ${path}`);
      claimed.done();
    } catch (error) {
      output.error(`${path} was not imported and stays: ${String(error)}`);
      claimed.giveBack();
    }
  }
}
