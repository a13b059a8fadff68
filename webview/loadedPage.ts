/**
 * The controls' library waits for the page's `load` to read the theme; read after it, it would wait
 * for ever. Imported before the library: while that is set up, who waits for a `load` that was is
 * called at once.
 */
const listen = window.addEventListener;

window.addEventListener = (type: string, listener: unknown, ...options: unknown[]) => {
  if (type === 'load' && document.readyState === 'complete') setTimeout(listener as () => void);
  else Reflect.apply(listen, window, [type, listener, ...options]);
};
setTimeout(() => {
  window.addEventListener = listen;
});
