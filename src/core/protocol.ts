/**
 * Every message that crosses a process: shim → collector, host ↔ collector, host ↔ webview,
 * host ↔ indexer. One file a line, so that both ends agree by
 * type; everybody imports them from here.
 */
export * from './protocol/collectorHost.js';
export * from './protocol/form.js';
export * from './protocol/handlers.js';
export * from './protocol/host.js';
export * from './protocol/live.js';
export * from './protocol/traceView.js';
