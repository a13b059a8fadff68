import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

async function greet({ name }: { name: string }) {
  return { content: [{ type: 'text' as const, text: `hi ${name}` }] };
}

const server = new McpServer({ name: 'bundled', version: '1.0.0' });
server.registerTool('greet', { inputSchema: { name: z.string() } }, greet);
await server.connect(new StdioServerTransport());
