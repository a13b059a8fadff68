import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

interface Numbers {
  readonly a: number;
  readonly b: number;
}

type Content = { content: { type: 'text'; text: string }[] };

const text = (value: unknown): Content => ({ content: [{ type: 'text', text: String(value) }] });

async function addNumbers({ a, b }: Numbers): Promise<Content> {
  return text(a + b);
}

const server = new McpServer({ name: 'typed', version: '1.0.0' });
server.registerTool('add', { inputSchema: { a: z.number(), b: z.number() } }, addNumbers);
server.registerTool(
  'echo',
  { inputSchema: { text: z.string() } },
  async ({ text: said }: { text: string }): Promise<Content> => text(said),
);

void server.connect(new StdioServerTransport());
