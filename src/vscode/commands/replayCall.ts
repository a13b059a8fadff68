import type { SpanRef } from '../../core/trace/model.js';
import type { CallView } from '../call/callView.js';
import { findCallable, readRecorded } from '../call/replay.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { Servers } from '../servers/servers.js';
import { ensureRunning } from './pickers.js';

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
export async function replayCall(parts: ReplayParts, span: SpanRef): Promise<void> {
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
  });
}
