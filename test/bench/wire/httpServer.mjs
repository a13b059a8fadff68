// Answers `tools/call` over HTTP with the least there is. Prints its port.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    const { id, params } = JSON.parse(body);
    const result = { content: [{ type: 'text', text: params.arguments.message }] };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ result, jsonrpc: '2.0', id }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
