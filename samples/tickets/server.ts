// A ticket desk without a word of telemetry: what Spanpath shows of it comes from outside.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const shop = createServer(async (request, response) => {
  await sleep(request.url?.startsWith('/seats') ? 80 : 30);
  response.setHeader('content-type', 'application/json').end('{"free":14,"price":39}');
}).listen(0, '127.0.0.1');
shop.unref();
await once(shop, 'listening');
const base = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;

const server = new McpServer({ name: 'tickets', version: '1.0.0' });

server.registerTool(
  'find_seats',
  { description: 'Two HTTP requests.', inputSchema: { show: z.string().default('Hamlet') } },
  async ({ show }) => {
    const seats = await (await fetch(`${base}/seats/${encodeURIComponent(show)}`)).json();
    const prices = await (await fetch(`${base}/prices/${encodeURIComponent(show)}`)).json();
    return { content: [{ type: 'text', text: JSON.stringify({ show, ...seats, ...prices }) }] };
  },
);

server.registerTool(
  'print_ticket',
  { description: 'Starts a subprocess.', inputSchema: { seat: z.string().default('B7') } },
  async ({ seat }) => {
    const script = `console.log('ticket for seat ' + ${JSON.stringify(seat)})`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
    return { content: [{ type: 'text', text: stdout.trim() }] };
  },
);

server.registerTool(
  'refund',
  { description: 'Throws.', inputSchema: { ticket: z.string().default('T-100') } },
  async ({ ticket }) => {
    await sleep(20);
    return { content: [{ type: 'text', text: `refunded ${lookUp(ticket).price}` }] };
  },
);

server.registerTool(
  'announce',
  {
    description: 'Prints to stdout, where only the protocol belongs.',
    inputSchema: { text: z.string().default('The show begins') },
  },
  async ({ text }) => {
    console.log(`ANNOUNCEMENT ${text}`);
    return { content: [{ type: 'text', text: 'announced' }] };
  },
);

function lookUp(ticket: string): { price: number } {
  throw new RangeError(`ticket ${ticket} was never sold`);
}

await server.connect(new StdioServerTransport());
