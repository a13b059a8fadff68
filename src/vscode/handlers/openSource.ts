import * as vscode from 'vscode';
import type { OpenResult } from './handlerService.js';
import type { LocatedPlace } from './locateFile.js';

/** Files outside the workspace that the user agreed to open, for as long as the window lives. */
const agreed = new Set<string>();

/** Shows a place beside the trace view; asks before it shows a file from outside the workspace. */
export async function openSource(
  place: LocatedPlace,
  options: { preview?: boolean },
): Promise<OpenResult> {
  if (!place.isInside && !(await askToOpen(place.file))) {
    return {
      opened: false,
      reason: `${place.file} lies outside the workspace and was not opened.`,
    };
  }
  const uri = vscode.Uri.file(place.file);
  const at = new vscode.Position(Math.max(place.line - 1, 0), Math.max(place.column - 1, 0));
  try {
    const editor = await vscode.window.showTextDocument(uri, {
      viewColumn: chooseColumn(uri),
      preview: options.preview ?? true,
      preserveFocus: false,
      selection: new vscode.Range(at, at),
    });
    editor.revealRange(
      new vscode.Range(at, at),
      vscode.TextEditorRevealType.InCenterIfOutsideViewport,
    );
    if (place.isForeign) {
      await vscode.commands.executeCommand(
        'workbench.action.files.setActiveEditorReadonlyInSession',
      );
    }
    return { opened: true, reason: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { opened: false, reason: `${place.file} could not be opened: ${message}` };
  }
}

async function askToOpen(file: string): Promise<boolean> {
  if (agreed.has(file)) return true;
  const open = 'Open';
  const answer = await vscode.window.showWarningMessage(
    'Open a file outside the workspace?',
    { modal: true, detail: `The span names ${file}` },
    open,
  );
  if (answer !== open) return false;
  agreed.add(file);
  return true;
}

/** A column that does not cover the trace view: where the file is, else any other, else a new one. */
function chooseColumn(uri: vscode.Uri): vscode.ViewColumn {
  const groups = vscode.window.tabGroups.all;
  const showsTrace = (group: vscode.TabGroup): boolean =>
    group.activeTab?.input instanceof vscode.TabInputWebview;
  const others = groups.filter((group) => !showsTrace(group));
  if (others.length === groups.length) return vscode.ViewColumn.Active;
  const showing = others.find((group) =>
    group.tabs.some(
      (tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.fsPath === uri.fsPath,
    ),
  );
  return (showing ?? others[0])?.viewColumn ?? vscode.ViewColumn.Beside;
}
