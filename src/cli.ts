import { type Command, runCommand } from './collector/cli/main.js';
import { readOptions, UsageError } from './collector/cli/usage.js';
import { hushSqliteWarning } from './collector/hushSqliteWarning.js';
import { indexFolders } from './indexer/indexFolders.js';

const handlersHelp = `Usage: spanpath handlers [--json] PATH…

Finds every tool, prompt and resource handler that is registered in source files below PATH.

  --json   one JSON array of {kind, name, file, line, column, language, how}
`;

const handlers: Command = async (args) => {
  const { values, positionals } = readOptions({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(handlersHelp);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError('a PATH is wanted: a file or folder to read');
  const places = await indexFolders(positionals);
  if (values.json) process.stdout.write(`${JSON.stringify(places, null, 2)}\n`);
  else {
    for (const { kind, name, file, line, column, how } of places) {
      process.stdout.write(`${file}:${line}:${column}  ${kind} ${name}  (${how})\n`);
    }
  }
  return 0;
};

hushSqliteWarning();
void runCommand(process.argv.slice(2), { handlers }).then((code) => {
  process.exitCode = code;
});
