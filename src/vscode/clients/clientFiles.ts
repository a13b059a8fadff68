import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A file in which another MCP client keeps its servers. */
export interface ClientFile {
  readonly client: string;
  readonly path: string;
  /** The member that holds the servers. */
  readonly key: 'mcpServers' | 'servers' | 'context_servers';
}

/** The files of known clients that exist here. */
export function findClientFiles(
  folders: readonly string[],
  environment: {
    readonly home: string;
    readonly platform: NodeJS.Platform;
    readonly appData: string | undefined;
    readonly exists: (path: string) => boolean;
  } = {
    home: homedir(),
    platform: process.platform,
    appData: process.env.APPDATA,
    exists: existsSync,
  },
): ClientFile[] {
  const { home, platform, appData, exists } = environment;
  const desktop =
    platform === 'darwin'
      ? join(home, 'Library/Application Support/Claude')
      : platform === 'win32'
        ? join(appData ?? join(home, 'AppData/Roaming'), 'Claude')
        : join(home, '.config/Claude');
  const known: ClientFile[] = [
    ...folders.flatMap((folder): ClientFile[] => [
      { client: 'Claude Code, this project', path: join(folder, '.mcp.json'), key: 'mcpServers' },
      { client: 'Cursor, this project', path: join(folder, '.cursor/mcp.json'), key: 'mcpServers' },
    ]),
    { client: 'Claude Code', path: join(home, '.claude.json'), key: 'mcpServers' },
    {
      client: 'Claude Desktop',
      path: join(desktop, 'claude_desktop_config.json'),
      key: 'mcpServers',
    },
    { client: 'Cursor', path: join(home, '.cursor/mcp.json'), key: 'mcpServers' },
    {
      client: 'Windsurf',
      path: join(home, '.codeium/windsurf/mcp_config.json'),
      key: 'mcpServers',
    },
    { client: 'Zed', path: join(home, '.config/zed/settings.json'), key: 'context_servers' },
  ];
  return known.filter(({ path }) => exists(path));
}
