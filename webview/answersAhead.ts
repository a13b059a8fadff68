/** Answers that came with the page, to what a view asks first: its rows need no further way. */
import type { AnswerAhead } from '../src/core/protocol.js';
import type { MessageChannelLike } from '../src/core/rpc.js';

/** Only what is asked before the page's script ends: later questions want to know how it is then. */
export function withAnswersAhead(
  channel: MessageChannelLike,
  answers: readonly AnswerAhead[],
): MessageChannelLike {
  const ready = new Map<unknown, unknown>(
    answers.map(({ method, params, result }) => [JSON.stringify([method, params]), result]),
  );
  setTimeout(() => ready.clear());
  let answer: (message: unknown) => void = () => undefined;
  return {
    send: (message) => {
      const { rpc, id, method, params } = message as Record<string, unknown>;
      const key = rpc === 'request' && JSON.stringify([method, params]);
      if (!ready.has(key)) {
        channel.send(message);
        return;
      }
      const result = ready.get(key);
      ready.delete(key);
      queueMicrotask(() => answer({ rpc: 'response', id, result }));
    },
    onMessage: (listener) => {
      answer = listener;
      channel.onMessage(listener);
    },
  };
}

/** What the collector wrote into its page; nothing elsewhere. */
export function readAnswersAhead(page: Document): readonly AnswerAhead[] {
  const block = page.getElementById('ahead');
  return block?.textContent ? (JSON.parse(block.textContent) as AnswerAhead[]) : [];
}
