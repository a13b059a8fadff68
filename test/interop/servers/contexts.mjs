import { execFile, spawnSync } from 'node:child_process';
import { createServer, get, request } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

const web = createServer((asked, response) => {
  if (asked.url === '/breaks') {
    response.write('half', () => response.destroy());
  } else if (asked.url !== '/never') {
    response.end('ok');
  }
});
web.on('upgrade', (_asked, socket) => {
  socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n');
});
await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
web.unref();
const url = `http://127.0.0.1:${web.address().port}`;

const inner = new McpServer({ name: 'inner', version: '1.0.0' });
inner.registerTool('looks_up', {}, async () => text(await (await fetch(url)).text()));
const client = new Client({ name: 'agent', version: '1.0.0' });
const [ours, theirs] = InMemoryTransport.createLinkedPair();
await inner.connect(theirs);
await client.connect(ours);

const server = new McpServer({ name: 'contexts', version: '1.0.0' });
const tool = (name, run) => server.registerTool(name, {}, async () => text(await run()));

tool('asks', async () => (await client.callTool({ name: 'looks_up' })).content[0].text);

let goOn;
tool('goes_on', () => {
  void new Promise((resolve) => {
    goOn = resolve;
  }).then(() => fetch(url));
});
tool('lets_go_on', () => goOn());

tool('misses', async () => {
  await new Promise((resolve) => execFile('no-such-program', resolve));
  return spawnSync('no-such-program').error.code;
});

tool('times_out', () => fetch(`${url}/never`, { signal: AbortSignal.timeout(20) }).catch(String));
tool('breaks', () => {
  return new Promise((resolve) => {
    get(`${url}/breaks`, (response) => response.on('error', resolve).resume());
  });
});
tool('upgrades', () => {
  return new Promise((resolve) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'chat' };
    request(url, { headers })
      .on('upgrade', (_answer, socket) => resolve(socket.end()))
      .end();
  });
});

await server.connect(new StdioServerTransport());
