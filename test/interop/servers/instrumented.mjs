import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { z } from 'zod';

// An app that set up OpenTelemetry itself, with the exporter that the environment names.
const sdk = process.env.TEST_TELEMETRY === 'sdk' ? new NodeSDK() : null;
sdk?.start();

const server = new McpServer({ name: 'instrumented', version: '1.0.0' });
server.registerTool(
  'forecast',
  { inputSchema: { url: z.string() } },
  async function forecast({ url }) {
    return trace.getTracer('mine').startActiveSpan('look up', async (span) => {
      const { status } = await fetch(`${url}/healthz`);
      span.end();
      return { content: [{ type: 'text', text: String(status) }] };
    });
  },
);
await server.connect(new StdioServerTransport());
process.stdin.on('end', () => void sdk?.shutdown());
