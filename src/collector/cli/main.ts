import { collect } from './collect.js';
import { UsageError } from './usage.js';

/** A subcommand: its options and operands, answered with an exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = { collect };

const help = `Usage: spanpath COMMAND [options]

  collect    run the collector; its first line on stdout says where it listens

Every command has --help.
`;

/** Runs the command line; resolves to the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(`there is no command '${name}'; try spanpath --help`);
    return await command(rest);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`spanpath: ${message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
