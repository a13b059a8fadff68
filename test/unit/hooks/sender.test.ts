import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Sender } from '../../../src/hooks/node/sender.js';

// The hook is one CommonJS file; its lazy `require` is given to it here.
Object.assign(globalThis, { require: createRequire(import.meta.url) });

it('posts whole requests in their order to a collector that reads late', async () => {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sender = Sender.to(`http://127.0.0.1:${port}`, 'key');
  sender?.connect();
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  // More than the socket takes at once, in a buffer that is used again each time.
  const body = Buffer.alloc(700_000);
  const letters = ['a', 'b', 'c', 'd', 'e'];
  for (const letter of letters) {
    sender?.post('/v1/traces', body.fill(letter));
    await new Promise((resolve) => setImmediate(resolve));
  }
  let received = '';
  socket.setEncoding('latin1').resume();
  for await (const text of socket) {
    received += text;
    if (received.endsWith(body.toString('latin1'))) break;
  }
  const requests = received.split('POST /v1/traces HTTP/1.1\r\n').slice(1);
  expect(requests.map((request) => request.split('\r\n\r\n')[1])).toEqual(
    letters.map((letter) => letter.repeat(body.length)),
  );
  expect(requests[0]).toContain('Authorization: Bearer key');
});
