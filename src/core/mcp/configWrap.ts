/** Puts the shim in front of servers in a client's configuration, and takes it out again. */
import { applyEdits, type FormattingOptions, modify, type Node, parseTree } from 'jsonc-parser';

/** A server's command as a configuration holds it. */
export interface CommandEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Marks an entry as ours; its value is the folder whose collector gets the spans. */
export const wrapMark = 'SPANPATH_WORKSPACE';
/** Variables that wrapping adds; unwrapping removes them and no others. */
const addedVariables = [wrapMark, 'ELECTRON_RUN_AS_NODE', 'SPANPATH_ELECTRON'];

export interface ClientServer extends CommandEntry {
  readonly name: string;
  readonly wrapped: boolean;
}

/** Servers with a command under `key`; those behind a URL are left out. */
export function listCommands(text: string, key: string): ClientServer[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  return membersOf(memberOf(root, key)).flatMap(([name, node]) => {
    const command = memberOf(node, 'command')?.value;
    if (typeof command !== 'string') return [];
    const args = (memberOf(node, 'args')?.children ?? []).map(({ value }) => String(value));
    const env = Object.fromEntries(
      membersOf(memberOf(node, 'env')).map(([variable, { value }]) => [variable, String(value)]),
    );
    return [{ name, command, args, env, wrapped: Object.hasOwn(env, wrapMark) }];
  });
}

/** The text with the entries of `names` replaced by what `wrap` makes of them; all else stays. */
export function wrapServers(
  text: string,
  key: string,
  names: readonly string[],
  wrap: (server: ClientServer) => CommandEntry,
): string {
  const chosen = listCommands(text, key).filter(
    ({ name, wrapped }) => names.includes(name) && !wrapped,
  );
  return chosen.reduce((whole, server) => replaceEntry(whole, key, server, wrap(server)), text);
}

/** Takes the shim out of every entry that has it, wherever else the file was edited since. */
export function unwrapServers(text: string, key: string): string {
  return listCommands(text, key)
    .filter(({ wrapped }) => wrapped)
    .reduce((whole, server) => {
      const [command, ...args] = server.args.slice(server.args.indexOf('--') + 1);
      const kept = Object.entries(server.env).filter(([name]) => !addedVariables.includes(name));
      const entry = { command: command ?? '', args, env: Object.fromEntries(kept) };
      return replaceEntry(whole, key, server, entry);
    }, text);
}

function replaceEntry(
  text: string,
  key: string,
  { name, args, env }: ClientServer,
  entry: CommandEntry,
): string {
  const formattingOptions = formattingOf(text);
  const set = (whole: string, member: string, value: unknown) =>
    applyEdits(whole, modify(whole, [key, name, member], value, { formattingOptions }));
  // A member that would be empty is left out.
  const list = entry.args.length ? entry.args : undefined;
  const variables = Object.keys(entry.env).length ? entry.env : undefined;
  let result = set(text, 'command', entry.command);
  if (list || args.length) result = set(result, 'args', list);
  return variables || Object.keys(env).length ? set(result, 'env', variables) : result;
}

function formattingOf(text: string): FormattingOptions {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 4 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

function memberOf(node: Node | undefined, key: string): Node | undefined {
  return membersOf(node).findLast(([name]) => name === key)?.[1];
}

function membersOf(node: Node | undefined): [string, Node][] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap((member) => {
    const [name, value] = member.children ?? [];
    return name && value ? [[name.value as string, value] as [string, Node]] : [];
  });
}
