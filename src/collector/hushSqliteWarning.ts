/** Node marks `node:sqlite` experimental on first use; that is no news for a user. */
export function hushSqliteWarning(): void {
  const emit = process.emitWarning.bind(process) as (...given: unknown[]) => void;
  process.emitWarning = ((...given: unknown[]) => {
    if (String(given[0]).includes('SQLite is an experimental feature')) return;
    emit(...given);
  }) as typeof process.emitWarning;
}
