// Takes OTLP and the live channel as fast as it can, in a process of its own.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end());
});
server.on('upgrade', (_request, socket) => socket.destroy());
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
