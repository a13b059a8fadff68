/**
 * Spanpath's own MCP client. Built into a file of its own (`dist/mcpClient.js`), because the SDK
 * is heavy and the first server that is started may pay for it, not the editor's start.
 */
import type { ChildProcess } from 'node:child_process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ElicitRequestSchema,
  ErrorCode,
  ListRootsRequestSchema,
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type {
  CallOptions,
  ClientHooks,
  Connection,
  ConnectOptions,
  Exit,
  PromptInfo,
  ResourceInfo,
  ServerAddress,
  ServerProcess,
  ToolInfo,
} from './servers/connection.js';

/** A message may be this large before the client gives up on the server. */
const maxMessageBytes = 256 * 1024 * 1024;
/** A call may take as long as it likes; the user cancels it. */
const callTimeoutMs = 2 ** 31 - 1;
/** Proposals that come later than this are for a text that is no longer there. */
const completionTimeoutMs = 5_000;

/** Resolves when the server has answered `initialize`. */
export async function connect(
  target: ServerProcess | ServerAddress,
  hooks: ClientHooks,
  options: ConnectOptions,
): Promise<Connection> {
  if (target.kind === 'process') return connectProcess(target, hooks, options);
  try {
    return await connectAddress(target, hooks, options);
  } catch (error) {
    // A server of the older kind refuses the POST; the configuration need not know of it.
    const code = (error as { code?: unknown }).code;
    if (target.kind === 'sse' || (code !== 404 && code !== 405)) throw error;
    return connectAddress({ ...target, kind: 'sse' }, hooks, options);
  }
}

async function connectProcess(
  target: ServerProcess,
  hooks: ClientHooks,
  options: ConnectOptions,
): Promise<Connection> {
  const transport = new StdioClientTransport({
    command: target.command,
    args: [...target.args],
    env: { ...target.env },
    cwd: target.cwd,
    stderr: 'pipe',
    maxBufferSize: maxMessageBytes,
  });
  const client = createClient(target.clientVersion, hooks);
  let exit: Exit | null = null;
  transport.stderr?.on('data', (chunk: Buffer) => hooks.onStderr(chunk.toString('utf8')));
  client.onclose = () => hooks.onExit(exit ?? { code: null, signal: null });
  const connecting = client.connect(transport, { timeout: options.timeoutMs });
  // The transport tells nobody how its process ended.
  const child = (transport as unknown as { _process?: ChildProcess })._process;
  child?.once('exit', (code, signal) => {
    exit = { code, signal };
  });
  return settle(client, connecting, options);
}

async function connectAddress(
  target: ServerAddress,
  hooks: ClientHooks,
  options: ConnectOptions,
): Promise<Connection> {
  const init = { requestInit: { headers: { ...target.headers } } };
  const url = new URL(target.url);
  const transport =
    target.kind === 'http'
      ? new StreamableHTTPClientTransport(url, init)
      : new SSEClientTransport(url, init);
  const client = createClient(target.clientVersion, hooks);
  const connecting = client.connect(transport as Transport, {
    timeout: options.timeoutMs,
  });
  const connection = await settle(client, connecting, options);
  client.onclose = () => hooks.onExit({ code: null, signal: null });
  return connection;
}

async function settle(
  client: Client,
  connecting: Promise<void>,
  { signal, timeoutMs }: ConnectOptions,
): Promise<Connection> {
  const abort = () => void client.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    await connecting;
  } catch (error) {
    await client.close();
    const timedOut = (error as { code?: unknown }).code === ErrorCode.RequestTimeout;
    if (!timedOut) throw error;
    throw new Error(`The server did not answer within ${timeoutMs / 1000} seconds`);
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return connectionOf(client, timeoutMs);
}

function createClient(version: string, hooks: ClientHooks): Client {
  const client = new Client(
    { name: 'spanpath', title: 'Spanpath', version },
    { capabilities: { roots: { listChanged: false }, elicitation: { form: {} } } },
  );
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [...hooks.listRoots()] }));
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) => {
    if (params.mode === 'url') return { action: 'decline' as const };
    const answer = await hooks.elicit(params.message, params.requestedSchema, signal);
    return answer === null ? { action: 'cancel' as const } : answer;
  });
  for (const schema of [
    ToolListChangedNotificationSchema,
    PromptListChangedNotificationSchema,
    ResourceListChangedNotificationSchema,
  ]) {
    client.setNotificationHandler(schema, () => hooks.onListChanged());
  }
  client.onerror = (error) => hooks.onProtocolError(error.message);
  return client;
}

/** Lists are answered from memory; one that takes longer than a start is not coming. */
function connectionOf(client: Client, listTimeoutMs: number): Connection {
  const ask = (
    method: string,
    params: Record<string, unknown>,
    options: CallOptions = {},
    timeout = callTimeoutMs,
  ) =>
    client.request({ method, params }, ResultSchema, {
      timeout,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.onProgress ? { onprogress: options.onProgress } : {}),
    });
  const listAll = async <T>(method: string, key: string): Promise<T[]> => {
    const rows: T[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await ask(method, cursor === undefined ? {} : { cursor }, {}, listTimeoutMs);
      if (Array.isArray(page[key])) rows.push(...(page[key] as T[]));
      const next = page.nextCursor;
      // A cursor that comes back would page for ever.
      cursor = typeof next === 'string' && !seen.has(next) ? next : undefined;
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
    return rows;
  };
  const complete: NonNullable<Connection['complete']> = async (ref, argument, others) => {
    const context = Object.keys(others).length > 0 ? { context: { arguments: others } } : {};
    const params = { ref, argument, ...context };
    const { completion } = await ask('completion/complete', params, {}, completionTimeoutMs);
    const values = (completion as { values?: unknown } | undefined)?.values;
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  };
  const capabilities = client.getServerCapabilities() ?? {};
  /** Tools that answer only by way of a task (2025-11-25). */
  const taskTools = new Set<string>();
  return {
    serverVersion: client.getServerVersion()?.version ?? '',
    instructions: client.getInstructions() ?? '',
    listTools: async () => {
      if (!capabilities.tools) return [];
      const tools = await listAll<ToolInfo>('tools/list', 'tools');
      taskTools.clear();
      for (const { name, execution } of tools) {
        if (execution?.taskSupport === 'required') taskTools.add(name);
      }
      return tools;
    },
    listPrompts: () =>
      capabilities.prompts ? listAll<PromptInfo>('prompts/list', 'prompts') : none(),
    listResources: async () => {
      if (!capabilities.resources) return [];
      const [resources, templates] = await Promise.allSettled([
        listAll<ResourceInfo>('resources/list', 'resources'),
        listAll<ResourceInfo>('resources/templates/list', 'resourceTemplates'),
      ]);
      if (resources.status === 'rejected') throw resources.reason;
      return [...resources.value, ...(templates.status === 'fulfilled' ? templates.value : [])];
    },
    callTool: (name, args, options) =>
      taskTools.has(name)
        ? callAsTask(client, { name, arguments: args }, options)
        : ask('tools/call', { name, arguments: args }, options),
    getPrompt: (name, args, options) => ask('prompts/get', { name, arguments: args }, options),
    readResource: (uri, options) => ask('resources/read', { uri }, options),
    ...(capabilities.completions ? { complete } : {}),
    close: () => client.close(),
  };
}

/** Asks for a task, follows it to its end, and answers with what it came to. */
async function callAsTask(
  client: Client,
  params: { name: string; arguments: Record<string, unknown> },
  options: CallOptions = {},
): Promise<Record<string, unknown>> {
  const messages = client.experimental.tasks.requestStream(
    { method: 'tools/call', params },
    ResultSchema,
    { task: {}, timeout: callTimeoutMs, ...(options.signal ? { signal: options.signal } : {}) },
  );
  let progress = 0;
  for await (const message of messages) {
    if (message.type === 'result') return message.result;
    if (message.type === 'error') throw message.error;
    const { status, statusMessage } = message.task;
    options.onProgress?.({ progress: ++progress, message: statusMessage ?? status });
  }
  throw new Error('The task ended without a result');
}

function none(): Promise<never[]> {
  return Promise.resolve([]);
}
