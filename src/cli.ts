import { runCommand } from './collector/cli/main.js';
import { hushSqliteWarning } from './collector/hushSqliteWarning.js';

hushSqliteWarning();
void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
