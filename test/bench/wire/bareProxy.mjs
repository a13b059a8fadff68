// The honest baseline over HTTP: the least that is a reverse proxy. Prints its port.
import { Agent, createServer, request } from 'node:http';

const upstream = new URL(process.argv[2]);
const agent = new Agent({ keepAlive: true });
const server = createServer((incoming, response) => {
  const { method, url: path, headers } = incoming;
  const { hostname, port } = upstream;
  const out = request({ hostname, port, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  out.on('error', () => response.destroy());
  incoming.pipe(out);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
