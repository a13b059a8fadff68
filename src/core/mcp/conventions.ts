/**
 * Every attribute, event and scope name that Spanpath writes or reads, in one place. The MCP and
 * GenAI conventions are in development (open-telemetry/semantic-conventions-genai), so they are
 * spelled out here instead of imported.
 */

/** OpenTelemetry conventions, current spelling. */
export const attr = {
  mcpMethod: 'mcp.method.name',
  mcpProtocolVersion: 'mcp.protocol.version',
  mcpSessionId: 'mcp.session.id',
  mcpResourceUri: 'mcp.resource.uri',
  errorType: 'error.type',
  toolName: 'gen_ai.tool.name',
  promptName: 'gen_ai.prompt.name',
  operationName: 'gen_ai.operation.name',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  jsonrpcRequestId: 'jsonrpc.request.id',
  rpcStatusCode: 'rpc.response.status_code',
  networkTransport: 'network.transport',
  networkProtocolName: 'network.protocol.name',
  networkProtocolVersion: 'network.protocol.version',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  serviceName: 'service.name',
  codeFilePath: 'code.file.path',
  codeLine: 'code.line.number',
  codeColumn: 'code.column.number',
  codeFunction: 'code.function.name',
  codeStacktrace: 'code.stacktrace',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  logIostream: 'log.iostream',
  processPid: 'process.pid',
} as const;

/** Deprecated spellings that are still common. */
export const legacyAttr = {
  codeFilePath: 'code.filepath',
  codeLine: 'code.lineno',
  codeColumn: 'code.column',
  codeFunction: 'code.function',
  codeNamespace: 'code.namespace',
} as const;

/** Spanpath's own. */
export const own = {
  /** Resource and span attribute: the server's configured name. */
  serverName: 'spanpath.server.name',
  /** Resource attribute: working directory of the server; relative `code.*` paths start there. */
  serverCwd: 'spanpath.server.cwd',
  outcome: 'spanpath.outcome',
  requestBytes: 'spanpath.request.bytes',
  responseBytes: 'spanpath.response.bytes',
  handlerSource: 'spanpath.handler.source',
  /** On a `spanpath.handler` log: `tool`, `prompt` or `resource`, and its name. */
  handlerKind: 'spanpath.handler.kind',
  handlerName: 'spanpath.handler.name',
  /** The place is a function that answers many names and chooses inside. */
  handlerDispatch: 'spanpath.handler.dispatch',
  /** The text of the handler's first line, to follow it when the file changes. */
  handlerText: 'spanpath.handler.text',
  /** On the event of one JSON-RPC message: who sent it, its text, its size, whether it was cut. */
  messageDirection: 'spanpath.message.direction',
  messageBody: 'spanpath.message.body',
  messageBytes: 'spanpath.message.bytes',
  messageTruncated: 'spanpath.message.truncated',
  /** On a wire span: events past the cap that were not kept. */
  droppedEvents: 'spanpath.events.dropped',
  /** On a wire span of a request that the server made: `server-to-client`. */
  direction: 'spanpath.direction',
  /** On the wire span of a call that was retried with input: how many requests it took. */
  attempts: 'spanpath.attempts',
  /** On the wire span: the task that a call started, or that a `tasks/…` request is about. */
  taskId: 'spanpath.task.id',
  /** On the wire span: the request was too large, or not an object, and carries no `traceparent`. */
  notInjected: 'spanpath.not_injected',
  /** On a finding log: its machine-readable kind, e.g. `stdout_pollution`. */
  findingKind: 'spanpath.finding.kind',
  /** On a `spanpath.hook` log: `loaded`. */
  hookState: 'spanpath.hook.state',
} as const;

/** Names of span events and of log records (`LogRecord.eventName`). */
export const eventNames = {
  /** Span event on the wire span, one for each JSON-RPC message of the call, in order. */
  message: 'spanpath.message',
  /** Log: one line of the server's stderr, with the ids of the call that was running. */
  stderr: 'spanpath.stderr',
  /** Span event: the server wants input before it goes on (2026-07-28), and got it. */
  inputRequired: 'spanpath.input_required',
  inputProvided: 'spanpath.input_provided',
  /** Log: a notification that belongs to no call. */
  notification: 'spanpath.notification',
  /** Log: something wrong that the shim or a hook saw; `own.findingKind` says what. */
  finding: 'spanpath.finding',
  /** Log from a hook: where a handler is (`code.*`, `own.handlerKind`, `own.handlerName`). */
  handler: 'spanpath.handler',
  /** Log from a hook, once in each server process that loaded it (`own.hookState` is `loaded`). */
  hook: 'spanpath.hook',
} as const;

/** Instrumentation scopes of Spanpath's emitters. */
export const scopes = {
  shim: 'spanpath.shim',
  nodeHook: 'spanpath.hook.node',
  pythonHook: 'spanpath.hook.python',
  client: 'spanpath.client',
} as const;
