import './banner.mjs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { say } from 'logger-of-the-test';

const server = new McpServer({ name: 'hard', version: '1.0.0' });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

server.registerTool('logs', {}, async () => {
  say('said by a logger');
  return text('ok');
});

server.registerTool('wraps', {}, async function wrapping() {
  try {
    throw new TypeError('deep down');
  } catch (cause) {
    throw new Error('outer', { cause });
  }
});

server.registerTool('leaks', {}, async function leaking() {
  console.error('password=hunter22 for sk-abcdefghijklmnopqrst');
  throw new Error('refused: Bearer abcdefghijklmnop');
});

server.registerTool('prepares', {}, async () => {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_error, sites) => sites;
  console.error('written meanwhile');
  const kept = Array.isArray(new Error('x').stack);
  Error.prepareStackTrace = before;
  return text(kept);
});

await server.connect(new StdioServerTransport());
