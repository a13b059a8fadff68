import * as vscode from 'vscode';
import type { Found, Search } from './findPlaces.js';

/** The only candidate, or the one that the user picks; a guess is never opened unasked. */
export async function chooseCandidate(
  found: readonly Found[],
  search: Search | null,
): Promise<Found | undefined> {
  const [only] = found;
  if (found.length === 1 && only && only.source !== 'guessed') return only;
  const picks = found.map((place) => ({
    label: `$(symbol-method) ${vscode.workspace.asRelativePath(place.file)}:${place.line}`,
    description: place.source === 'guessed' ? `guess: ${place.how}` : place.how,
    place,
  }));
  const guessed = only?.source === 'guessed';
  const picked = await vscode.window.showQuickPick(picks, {
    title: search ? `Handler of ${search.name}` : 'Handler',
    placeHolder: guessed
      ? 'No registration with exactly this name was found; these come close'
      : `${found.length} places register this name`,
  });
  return picked?.place;
}
