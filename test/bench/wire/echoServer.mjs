// The least that answers MCP over stdio: what is measured is the way, not the server.
let rest = '';
let payload = null;
process.stdin.on('data', (chunk) => {
  rest += chunk;
  let out = '';
  let from = 0;
  for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n', from)) {
    out += answer(rest.slice(from, at));
    from = at + 1;
  }
  rest = rest.slice(from);
  if (out) process.stdout.write(out);
});

function answer(line) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return '';
  if (method === 'initialize') {
    const result = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'echo', version: '1' },
    };
    return `${JSON.stringify({ result, jsonrpc: '2.0', id })}\n`;
  }
  const { message, bytes } = params.arguments;
  if (bytes !== undefined) {
    if (payload?.length !== bytes) payload = 'x'.repeat(bytes);
    return `{"result":{"content":[{"type":"text","text":"${payload}"}]},"jsonrpc":"2.0","id":${id}}\n`;
  }
  const result = { content: [{ type: 'text', text: message }] };
  return `${JSON.stringify({ result, jsonrpc: '2.0', id })}\n`;
}
