// The least that a hook can do and still hold a call's context: no span is made, nothing is sent.
// What a call with this costs more than without is the floor under the real hook.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';

const active = new AsyncLocalStorage();
const watched = new WeakSet();
const { _onrequest: onRequest } = Server.prototype;

Server.prototype._onrequest = function (...args) {
  watchAnswers(this._transport);
  const call = { startMs: performance.now(), endMs: 0 };
  return active.run(call, () => Reflect.apply(onRequest, this, args));
};

function watchAnswers(transport) {
  if (watched.has(transport)) return;
  watched.add(transport);
  const { send } = transport;
  transport.send = function (...args) {
    const call = active.getStore();
    if (call) call.endMs = performance.now();
    return Reflect.apply(send, this, args);
  };
}
