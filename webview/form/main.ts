import { Rpc } from '../../src/core/rpc.js';
import { CallForm, type FormHost } from './callForm.js';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();
const host: FormHost = new Rpc({
  send: (message) => api.postMessage(message),
  onMessage: (listener) =>
    window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
});
const root = document.getElementById('app');
if (root) void new CallForm(root, host).start();
