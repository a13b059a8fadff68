import * as vscode from 'vscode';
import type {
  CallPlaces,
  HandlerPlace,
  HandlerSource,
  ReportedPlace,
} from '../../core/protocol.js';
import { guessPlaces, rankPlaces } from '../../core/source/rank.js';
import { type LocatedPlace, locateExact, locateReported } from './locateFile.js';
import type { WorkspaceIndex } from './workspaceIndex.js';

export type Search = CallPlaces;

/** A candidate, how sure it is and how it was found. */
export interface Found extends LocatedPlace {
  readonly source: HandlerSource;
  readonly how: string;
  /** It answers many names and chooses inside. */
  readonly isDispatch?: boolean;
}

/** Candidates of the best source that has any: measured, then indexed, then guessed. */
export async function findPlaces(search: Search, index: WorkspaceIndex): Promise<Found[]> {
  const hook = await locateAll(search.measured.slice(0, 1), 'reported by the running server');
  const spans = hook.length > 0 ? [] : await locateAll(search.spans, 'code.* of the span');
  const [measured] = [...hook, ...spans];
  if (measured) {
    const exact = measured.isDispatch ? await findCase(search, index, measured) : null;
    const isSame = exact?.file === measured.file && exact.line === measured.line;
    return [exact && !isSame ? exact : measured];
  }
  if (search.kind === null) return [];
  const { kind, name } = search;
  const registered = rankPlaces(await index.find(kind, name), search.serverCwd);
  const certain = registered.filter((place) => !place.isRegistration);
  if (certain.length > 0) return fromIndex(certain, 'indexed');
  if (registered.length > 0) return fromIndex(registered, 'guessed');
  const all = (await index.list()).filter((place) => place.kind === kind);
  return fromIndex(rankPlaces(guessPlaces(all, name), search.serverCwd), 'guessed');
}

/** A function that answers many names was measured; its own file may name the exact case. */
async function findCase(
  search: Search,
  index: WorkspaceIndex,
  measured: Found,
): Promise<Found | null> {
  if (search.kind === null) return null;
  const places = await fromIndex(await index.find(search.kind, search.name), 'indexed');
  return places.length === 1
    ? (places[0] ?? null)
    : (places.find((place) => place.file === measured.file) ?? null);
}

/** A server in another language is traced too, but its handlers are known only where it reports them. */
const indexedLanguages = 'TypeScript, JavaScript, Python, Go, Rust, C#, Java or Kotlin';

/** What was looked for and where, for a person. */
export function describeSearch(search: Search | null): string {
  if (!search) return 'This call is no longer in the store, so its handler cannot be looked up.';
  if (search.kind === null) {
    return 'No handler stands behind this row: it is not a tool, prompt or resource call, and it has no code.* attributes.';
  }
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.name);
  const reported = [...search.measured, ...search.spans].map((place) => place.file);
  const where =
    folders.length > 0 ? `the source of ${folders.join(', ')}` : 'no folder, since none is open';
  const unreachable =
    reported.length > 0 ? ` The server reported ${reported[0]}, which is not on this machine.` : '';
  return `No handler of ${search.kind} "${search.name}" was found. Looked in what ${search.server || 'the server'} reported (code.* of its spans, Spanpath's hook) and for its registration in ${where}, as far as that is ${indexedLanguages}.${unreachable}`;
}

async function locateAll(places: readonly ReportedPlace[], how: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const place of places) {
    const located = await locateReported(place);
    if (located)
      found.push({
        ...located,
        source: 'measured',
        how: `${how} (${place.emitter})`,
        isDispatch: place.isDispatch,
      });
  }
  return found;
}

async function fromIndex(places: readonly HandlerPlace[], source: HandlerSource): Promise<Found[]> {
  const located = await Promise.all(
    places.slice(0, 50).map(async (place): Promise<Found | null> => {
      const at = await locateExact(place);
      return at && { ...at, source, how: place.how };
    }),
  );
  return located.filter((place) => place !== null);
}
