import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A copy of the shim whose path survives updates of the extension, for configurations of other
 * clients. Renewed when the extension's version differs.
 */
export async function installShim(
  distDir: string,
  storageDir: string,
  version: string,
): Promise<string> {
  const folder = join(storageDir, 'shim');
  const note = join(folder, 'version');
  const installed = await readFile(note, 'utf8').catch(() => '');
  if (installed !== version) {
    await mkdir(folder, { recursive: true });
    await cp(join(distDir, 'hooks'), join(folder, 'hooks'), { recursive: true });
    for (const file of ['shim.js', 'telemetry.js']) {
      await cp(join(distDir, file), join(folder, file));
    }
    await writeFile(note, version);
  }
  return join(folder, 'shim.js');
}

/** Where shims of other clients keep spans for one workspace while no editor is open. */
export function spoolFolder(workspace: string): string {
  const home = process.env.SPANPATH_HOME ?? join(homedir(), '.spanpath');
  const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16);
  return join(home, 'spool', name);
}
