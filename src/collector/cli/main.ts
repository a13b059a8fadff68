import { check } from './check.js';
import { collect } from './collect.js';
import { exportTraces } from './exportTraces.js';
import { importTraces } from './importTraces.js';
import { list } from './list.js';
import { runTraced } from './runTraced.js';
import { show } from './show.js';
import { UsageError } from './usage.js';

/** A subcommand: its options and operands, answered with an exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

const help = `Usage: spanpath COMMAND [options]

  collect    run the collector; its first line on stdout says where it listens
  run        run one MCP server, traced, with a collector of its own
  import     read telemetry files into a store
  export     write a store as OTLP JSON, JSON lines, a Chrome trace or a page
  list       calls of a store
  show       one trace of a store
  check      hold calls against rules, for CI
  handlers   find tool, prompt and resource handlers in source

Every command has --help. Errors go to stderr; a wrong command line exits 2.
`;

/** Runs the command line; resolves to the exit code. `more` are commands of other layers. */
export async function runCommand(
  args: readonly string[],
  more: Readonly<Record<string, Command>>,
): Promise<number> {
  const commands: Readonly<Record<string, Command>> = {
    collect,
    run: runTraced,
    import: importTraces,
    export: exportTraces,
    list,
    show,
    check,
    ...more,
  };
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? process.stderr : process.stdout).write(help);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(`there is no command '${name}'; try spanpath --help`);
    return await command(rest);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`spanpath: ${message}\n`);
    const isUsage = error instanceof UsageError || (error as Error).name === 'QueryError';
    return isUsage ? 2 : 1;
  }
}
