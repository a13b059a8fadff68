import { resolve } from 'node:path';
import { importFile } from '../exchange/importFile.js';
import { ProgressLine } from './progress.js';
import { openStored } from './storedSession.js';
import { readOptions, UsageError } from './usage.js';

const help = `Usage: spanpath import --db FILE PATH…

Reads telemetry into FILE, which is made when it is missing: OTLP JSON, JSON lines, OTLP protobuf,
Jaeger JSON, or a page that was exported; gzip too. What cannot be read is counted and named.
`;

export async function importTraces(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions({
    args: [...args],
    allowPositionals: true,
    options: { db: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError('a PATH is wanted: the file to import');
  const { session, ingest } = openStored(values.db, { create: true });
  let failed = false;
  try {
    for (const path of positionals) {
      const line = new ProgressLine(`importing ${path}`);
      const result = await importFile(ingest, resolve(path), { onProgress: line.update });
      line.end();
      const { spans, logs, metrics, rejected, problems } = result;
      process.stderr.write(`${path}: ${spans} spans, ${logs} logs, ${metrics} metrics\n`);
      if (rejected === 0) continue;
      failed = true;
      process.stderr.write(`spanpath: ${path}: ${rejected} could not be read\n`);
      for (const problem of problems) process.stderr.write(`  ${problem}\n`);
    }
  } finally {
    session.close();
  }
  return failed ? 1 : 0;
}
