import * as vscode from 'vscode';
import type { SpanRef } from '../../core/trace/model.js';
import type { CallView } from '../call/callView.js';
import { findCallable, readRecorded } from '../call/replay.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import { olderNote, type Server } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';
import { ensureRunning, restartRunning } from './pickers.js';

export type ReplayRun = (span: SpanRef) => Promise<void>;

export interface ReplayParts {
  readonly collector: CollectorClient;
  readonly servers: Servers;
  readonly callView: CallView;
}

/**
 * Sends a recorded call again through the form, where it can be edited and sent once more. It is
 * not sent at once when values are missing, or when the tool says that it destroys something.
 */
export async function replayCall(
  parts: ReplayParts,
  span: SpanRef,
  before: SpanRef | null = null,
): Promise<void> {
  const details = await parts.collector.request('span/details', span);
  if (!details) throw new Error('This call is no longer kept.');
  const recorded = readRecorded(details);
  const server = parts.servers.named(recorded.server);
  if (!server) {
    throw new Error(`“${recorded.server}” is not configured here, so nothing can answer the call.`);
  }
  const offer = await ensureRunning(server);
  if (!offer) return;
  const callable = findCallable(offer, recorded);
  const destroys = callable.kind === 'tool' && callable.tool.annotations?.destructiveHint === true;
  const note =
    recorded.caution ??
    (destroys ? 'The tool says that it may destroy something. Look, then call.' : undefined);
  await parts.callView.show(server, callable, {
    argumentsText: recorded.argumentsText,
    callNow: note === undefined,
    ...(note === undefined ? {} : { note }),
    follow: { before },
  });
  void offerRestart(parts, server, span);
}

/** A process that is older than its file answers as before the edit: says so, and mends it. */
async function offerRestart(parts: ReplayParts, server: Server, span: SpanRef): Promise<void> {
  const [note] = olderNote(server);
  if (note === undefined) return;
  const restart = 'Restart and Replay';
  if ((await vscode.window.showInformationMessage(note, restart)) !== restart) return;
  // Before and after the edit, side by side.
  if (await restartRunning(server)) await replayCall(parts, span, span);
}
