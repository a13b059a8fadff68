/**
 * What `mcp.json` files say, with the place of everything that is wrong in them. Two dialects:
 * VS Code's `.vscode/mcp.json` (`servers`, `inputs`) and the `.mcp.json` that VS Code shares with
 * other clients (`mcpServers`). Both are read as JSON with comments and trailing commas.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { ConfigReader } from './configReader.js';

export type ConfigDialect = 'vscode' | 'shared';

/** Offsets count UTF-16 units from the start of the text. */
export interface ConfigProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  /** The server that cannot be started because of it, or null when it concerns the file. */
  readonly server: string | null;
}

export interface StdioServerConfig {
  readonly transport: 'stdio';
  readonly name: string;
  /** Where the server's name stands. */
  readonly offset: number;
  readonly command: string;
  readonly args: readonly string[];
  /** `null` removes a variable that would be inherited. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly cwd: string | null;
  readonly envFile: string | null;
  /** Globs of files whose change restarts the server (`dev.watch`). */
  readonly watch: readonly string[];
}

export interface HttpServerConfig {
  readonly transport: 'http' | 'sse';
  readonly name: string;
  readonly offset: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type ServerConfig = StdioServerConfig | HttpServerConfig;

/** A value that the user is asked for, referred to as `${input:ID}`. */
export interface InputConfig {
  readonly id: string;
  readonly type: 'promptString' | 'pickString' | 'command';
  readonly description: string;
  readonly default: string | null;
  readonly password: boolean;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  /** For `command` inputs. */
  readonly command: string | null;
}

export interface McpConfig {
  readonly servers: readonly ServerConfig[];
  readonly inputs: readonly InputConfig[];
  readonly problems: readonly ConfigProblem[];
}

const wording: Record<string, string> = {
  InvalidSymbol: 'This is not JSON',
  InvalidNumberFormat: 'This is not a number',
  PropertyNameExpected: 'A property name in double quotes is expected here',
  ValueExpected: 'A value is expected here',
  ColonExpected: 'A colon is expected here',
  CommaExpected: 'A comma is missing here',
  CloseBraceExpected: 'A closing } is missing',
  CloseBracketExpected: 'A closing ] is missing',
  EndOfFileExpected: 'The file should end here',
  UnexpectedEndOfString: 'This string is not closed',
  UnexpectedEndOfComment: 'This comment is not closed',
};

/** Never throws: what cannot be read becomes a problem, and the rest is still returned. */
export function parseConfig(text: string, dialect: ConfigDialect): McpConfig {
  const syntax: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, ' '), syntax, { allowTrailingComma: true });
  const reader = new ConfigReader();
  // One syntax error drags others behind it; the first names the place.
  const first = syntax[0];
  if (first && text.trim() !== '') {
    const code = printParseErrorCode(first.error);
    reader.report(wording[code] ?? code, first.offset, Math.max(1, first.length));
  }
  if (!root) return { servers: [], inputs: [], problems: reader.problems };
  if (root.type !== 'object') {
    reader.reportAt(root, 'The file should hold one JSON object');
    return { servers: [], inputs: [], problems: reader.problems };
  }
  return {
    servers: readServers(reader, root, dialect),
    inputs: dialect === 'vscode' ? readInputs(reader, root) : [],
    problems: reader.problems,
  };
}

function readServers(reader: ConfigReader, root: Node, dialect: ConfigDialect): ServerConfig[] {
  const key = dialect === 'vscode' ? 'servers' : 'mcpServers';
  const other = dialect === 'vscode' ? 'mcpServers' : 'servers';
  const misplaced = reader.property(root, other);
  if (misplaced && !reader.property(root, key)) {
    reader.reportAt(misplaced.name, `This file keeps its servers under "${key}", not "${other}"`);
  }
  const servers: ServerConfig[] = [];
  for (const { name, value } of reader.object(root, key)) {
    reader.server = name.value as string;
    if (value.type !== 'object') {
      reader.reportAt(value, `"${name.value}" should be an object`);
    } else {
      const server = readServer(reader, name, value);
      if (server) servers.push(server);
    }
    reader.server = null;
  }
  return servers;
}

function readServer(reader: ConfigReader, name: Node, value: Node): ServerConfig | null {
  const place = { name: name.value as string, offset: name.offset };
  const before = reader.problems.length;
  const type = reader.property(value, 'type');
  const hasUrl = reader.property(value, 'url') !== undefined;
  const transport = type ? transportOf(type.value.value) : hasUrl ? 'http' : 'stdio';
  if (!transport) {
    const shown = JSON.stringify(type?.value.value ?? null);
    reader.reportAt(
      type?.value ?? value,
      `Type ${shown} is not known: use "stdio", "http" or "sse"`,
    );
    return null;
  }
  const server =
    transport === 'stdio'
      ? readStdio(reader, value, place)
      : {
          transport,
          ...place,
          url: reader.required(value, 'url', `"${place.name}" needs the URL of the server`),
          headers: reader.strings(value, 'headers'),
        };
  if (reader.problems.length > before) return null;
  if (server.transport !== 'stdio' && !/^(https?:\/\/|\$\{)/i.test(server.url)) {
    const url = reader.property(value, 'url');
    reader.reportAt(url?.value ?? value, 'Only http:// and https:// URLs can be traced');
    return null;
  }
  return server;
}

function readStdio(
  reader: ConfigReader,
  value: Node,
  place: { name: string; offset: number },
): StdioServerConfig {
  const dev = reader.property(value, 'dev')?.value;
  return {
    transport: 'stdio',
    ...place,
    command: reader.required(value, 'command', `"${place.name}" needs a command to run`),
    args: reader.list(value, 'args'),
    env: reader.variables(value, 'env'),
    cwd: reader.optional(value, 'cwd'),
    envFile: reader.optional(value, 'envFile'),
    watch: dev?.type === 'object' ? reader.oneOrMany(dev, 'watch') : [],
  };
}

function transportOf(type: unknown): 'stdio' | 'http' | 'sse' | null {
  if (type === 'stdio' || type === 'http' || type === 'sse') return type;
  return type === 'streamable-http' || type === 'streamableHttp' ? 'http' : null;
}

function readInputs(reader: ConfigReader, root: Node): InputConfig[] {
  const inputs: InputConfig[] = [];
  for (const node of reader.array(root, 'inputs')) {
    if (node.type !== 'object') {
      reader.reportAt(node, 'An input should be an object with "id" and "type"');
      continue;
    }
    const id = reader.required(node, 'id', 'An input needs an "id"');
    const type = reader.optional(node, 'type') ?? 'promptString';
    if (type !== 'promptString' && type !== 'pickString' && type !== 'command') {
      const place = reader.property(node, 'type')?.value ?? node;
      reader.reportAt(place, `Input type ${JSON.stringify(type)} is not known`);
      continue;
    }
    if (!id) continue;
    inputs.push({
      id,
      type,
      description: reader.optional(node, 'description') ?? '',
      default: reader.optional(node, 'default'),
      password: reader.property(node, 'password')?.value.value === true,
      options: reader.array(node, 'options').flatMap((option) => readOption(reader, option)),
      command: reader.optional(node, 'command'),
    });
  }
  return inputs;
}

function readOption(reader: ConfigReader, node: Node): { label: string; value: string }[] {
  if (node.type === 'string') return [{ label: node.value, value: node.value }];
  if (node.type !== 'object') return [];
  const value = reader.optional(node, 'value') ?? '';
  return [{ label: reader.optional(node, 'label') ?? value, value }];
}
