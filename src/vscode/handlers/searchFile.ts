import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { insideModule, searchedFile } from '../../core/source/searchedFile.js';

const excluded = '**/{node_modules,target,build,dist,out,bin,obj,vendor}/**';
/** More files of one name than this leave it open which is meant. */
const mostFiles = 50;

/** The one file of this window that a path means which names no folder of it; null for none or several. */
export async function searchFile(reported: string): Promise<string | null> {
  const searched = searchedFile(reported);
  if (searched === null) return null;
  const found: string[] = [];
  for (const name of reported.endsWith('.go') ? ['go.mod'] : searched.names) {
    for (const uri of await vscode.workspace.findFiles(`**/${name}`, excluded, mostFiles)) {
      const text = await readFile(uri.fsPath, 'utf8').catch(() => '');
      if (name === 'go.mod') {
        const inside = insideModule(reported, text);
        if (inside !== null) found.push(join(dirname(uri.fsPath), inside));
      } else if (searched.accepts(uri.fsPath.replaceAll('\\', '/'), text)) found.push(uri.fsPath);
    }
  }
  const [only, ...others] = new Set(found);
  return only !== undefined && others.length === 0 ? only : null;
}
