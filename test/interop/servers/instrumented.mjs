import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { z } from 'zod';

// An app that set up OpenTelemetry itself, with the exporter that the environment names.
const { TEST_TELEMETRY } = process.env;
const sdk = TEST_TELEMETRY ? new NodeSDK() : null;
sdk?.start();
// And instrumentations of MCP itself, as their own documentation has them set up.
if (TEST_TELEMETRY === 'openinference') {
  const { MCPInstrumentation } = await import('@arizeai/openinference-instrumentation-mcp');
  const serverStdioModule = await import('@modelcontextprotocol/sdk/server/stdio.js');
  new MCPInstrumentation().manuallyInstrument({ serverStdioModule });
}
if (TEST_TELEMETRY === 'openllmetry') {
  const { McpInstrumentation } = await import('@traceloop/instrumentation-mcp');
  const { Server } = await import('@modelcontextprotocol/sdk/server/index.js');
  new McpInstrumentation().manuallyInstrument({ Server });
}

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
