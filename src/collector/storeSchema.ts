import type { DatabaseSync } from 'node:sqlite';

/** Step n brings a file from version n to n + 1 (`PRAGMA user_version`). Never edit one that was released. */
const steps: readonly string[] = [
  `CREATE TABLE resources(id INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE);
   CREATE TABLE scopes(id INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE);
   -- AUTOINCREMENT: an id is never used again, so that a reader can ask for what came after one.
   CREATE TABLE chunks(
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     signal INTEGER NOT NULL,
     resource INTEGER NOT NULL,
     scope INTEGER NOT NULL,
     received INTEGER NOT NULL,
     records INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     body BLOB NOT NULL
   );
   -- What was said in arguments, results, logs and exceptions; rowid = chunk × 2^27 + offset.
   CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
   CREATE TABLE state(key TEXT PRIMARY KEY, value);
   INSERT INTO state VALUES ('searched', 0), ('clean', 1);`,
];

export class NewerStore extends Error {
  override readonly name = 'NewerStore';
}

/** @throws NewerStore when the file was written by a later Spanpath. */
export function migrate(database: DatabaseSync): void {
  const version = (): number =>
    Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version() > steps.length) {
    throw new NewerStore('the store was written by a newer Spanpath; update this one');
  }
  if (version() === steps.length) return;
  database.exec('BEGIN IMMEDIATE');
  // Another process may have done it while this one waited for the lock.
  for (let step = version(); step < steps.length; step++) {
    database.exec(steps[step]!);
    database.exec(`PRAGMA user_version = ${step + 1}`);
  }
  database.exec('COMMIT');
}

/** A number that the store keeps about itself. */
export function readState(database: DatabaseSync, key: 'searched' | 'clean'): number {
  return Number(database.prepare('SELECT value FROM state WHERE key = ?').get(key)?.value ?? 0);
}

export function writeState(database: DatabaseSync, key: 'searched' | 'clean', value: number): void {
  database.prepare('INSERT OR REPLACE INTO state(key, value) VALUES (?, ?)').run(key, value);
}
