/** What the host knows of a running server; the SDK stays behind this interface. */

/** A server that is a process of its own, behind the shim. */
export interface ServerProcess {
  readonly kind: 'process';
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is added to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly clientVersion: string;
}

/** A server behind a URL; the URL is the proxy's. */
export interface ServerAddress {
  readonly kind: 'http' | 'sse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clientVersion: string;
}

export interface ConnectOptions {
  /** How long `initialize` may take. */
  readonly timeoutMs: number;
  /** Ends a server that is still starting. */
  readonly signal: AbortSignal;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export type JsonObject = Record<string, unknown>;

export interface ToolInfo {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: JsonObject;
  readonly annotations?: { readonly title?: string; readonly destructiveHint?: boolean };
  readonly execution?: { readonly taskSupport?: string };
}

export interface PromptInfo {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly required?: boolean;
  }[];
}

/** A resource has a `uri`, a template a `uriTemplate`. */
export interface ResourceInfo {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly uriTemplate?: string;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export type ElicitAnswer =
  | { action: 'accept'; content: Record<string, string | number | boolean | string[]> }
  | { action: 'decline' };

/** What the server asks of its client, and what happens to it. */
export interface ClientHooks {
  listRoots(): readonly { uri: string; name: string }[];
  /** `null` when the user closed the question. */
  elicit(message: string, schema: JsonObject, signal: AbortSignal): Promise<ElicitAnswer | null>;
  onListChanged(): void;
  onStderr(text: string): void;
  /** A line that is no JSON-RPC message, an answer to nothing … */
  onProtocolError(message: string): void;
  onExit(exit: Exit): void;
}

/** What an argument belongs to, as `completion/complete` wants it. */
export type CompletionRef =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string };

/** Results are returned as the server sent them, not held against any schema. */
export interface Connection {
  readonly serverVersion: string;
  readonly instructions: string;
  listTools(): Promise<ToolInfo[]>;
  listPrompts(): Promise<PromptInfo[]>;
  listResources(): Promise<ResourceInfo[]>;
  callTool(name: string, args: JsonObject, options?: CallOptions): Promise<JsonObject>;
  getPrompt(name: string, args: JsonObject, options?: CallOptions): Promise<JsonObject>;
  readResource(uri: string, options?: CallOptions): Promise<JsonObject>;
  /** Proposed values; absent when the server proposes none. */
  complete?(
    ref: CompletionRef,
    argument: { readonly name: string; readonly value: string },
    others: { readonly [name: string]: string },
  ): Promise<string[]>;
  close(): Promise<void>;
}
