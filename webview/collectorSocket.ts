/** The page's way to its collector. */

declare global {
  /** Opened by whichever script comes first, `early.ts` or the view. */
  var spanpathSocket: WebSocket | undefined;
}

/** The token of the page's address opens the socket. */
export function openCollectorSocket(place: Location): WebSocket {
  const address = new URL('/ui/rpc', place.href);
  address.protocol = place.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = new URLSearchParams(place.search).get('token');
  if (token !== null) address.searchParams.set('token', token);
  return new WebSocket(address);
}
