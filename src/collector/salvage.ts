import { closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** A header that claims more than this is damaged itself. */
const maxLength = 16 * 1024 ** 3;

/**
 * Copies what can still be read from a damaged file into a fresh one, record by record. Returns
 * how many chunks were saved.
 */
export function salvage(from: string, into: DatabaseSync): number {
  let saved = 0;
  let damaged: DatabaseSync;
  try {
    fillUp(from);
    damaged = new DatabaseSync(from, { readOnly: true });
  } catch {
    return 0;
  }
  try {
    for (const table of ['resources', 'scopes', 'chunks']) saved = copyTable(damaged, into, table);
  } catch {
    // Not even the schema can be read; what was copied before stays.
  } finally {
    damaged.close();
  }
  return saved;
}

/** SQLite reads nothing of a file that is shorter than its header says; zeros make up for it. */
function fillUp(path: string): void {
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  readSync(file, header, 0, header.length, 0);
  closeSync(file);
  if (header.toString('latin1', 0, 15) !== 'SQLite format 3') return;
  const pageSize = header.readUInt16BE(16);
  const length = header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize);
  const isShort = statSync(path).size < length && length < maxLength;
  if (isShort) truncateSync(path, length);
}

/** Row by row, because one torn page must not take the others with it. */
function copyTable(from: DatabaseSync, into: DatabaseSync, table: string): number {
  let copied = 0;
  const ids = readIds(from, table);
  const read = from.prepare(`SELECT * FROM ${table} WHERE id = ?`);
  into.exec('BEGIN');
  for (const id of ids) {
    try {
      const row = read.get(id);
      if (!row) continue;
      const names = Object.keys(row);
      const marks = names.map(() => '?').join(',');
      into
        .prepare(`INSERT OR IGNORE INTO ${table}(${names.join(',')}) VALUES (${marks})`)
        .run(...Object.values(row));
      copied++;
    } catch {
      // This one is lost.
    }
  }
  into.exec('COMMIT');
  return copied;
}

function readIds(from: DatabaseSync, table: string): number[] {
  const ids: number[] = [];
  // Both ways, so that a torn page in the middle leaves what is on either side of it.
  for (const order of ['ASC', 'DESC']) {
    try {
      for (const row of from.prepare(`SELECT id FROM ${table} ORDER BY id ${order}`).iterate()) {
        ids.push(Number(row.id));
      }
    } catch {
      continue;
    }
    break;
  }
  return [...new Set(ids)].sort((a, b) => a - b);
}
