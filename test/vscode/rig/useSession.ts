import { afterAll, afterEach, beforeAll } from 'vitest';
import { Session, type SessionOptions } from './session.js';

/** One VS Code for all tests of a file; a failed test leaves a picture and logs under out/vscode. */
export function useSession(describeSession: () => SessionOptions): () => Session {
  let session: Session | undefined;
  beforeAll(async () => {
    session = await Session.open(describeSession());
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await session?.keepEvidence(task.name);
  });
  afterAll(() => session?.stop());
  return () => {
    if (!session) throw new Error('The session did not start');
    return session;
  };
}
