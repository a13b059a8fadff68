import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { type ExportFormat, exportFormats } from '../../core/protocol.js';
import { QueryError } from '../../core/trace/queryParse.js';
import { exportSession, exportToFile } from '../exchange/exportSession.js';
import { ProgressLine } from './progress.js';
import { loadAll, openStored } from './storedSession.js';
import { readOptions, UsageError } from './usage.js';

const help = `Usage: spanpath export --db FILE --format FORMAT [options]

Writes what FILE holds, to stdout or a file.

  --db FILE      file of traces, as of "spanpath collect --db"
  --format F     otlp-json   one OTLP JSON object: spans, logs, metrics
                 jsonl       JSON lines, one OTLP request a line
                 chrome      trace events for ui.perfetto.dev and chrome://tracing
                 html        one page with the trace view in it, that works without a network
  --trace ID     one trace only
  --query Q      what the query finds, with everything above and below it
  -o, --output PATH
                 the file to write; it appears whole or not at all
  --help
`;

/** About 50,000 spans with their content. */
const slowPageBytes = 64 * 1024 * 1024;

export async function exportTraces(args: readonly string[]): Promise<number> {
  const { values } = readOptions({
    args: [...args],
    options: {
      db: { type: 'string' },
      format: { type: 'string' },
      trace: { type: 'string' },
      query: { type: 'string' },
      output: { type: 'string', short: 'o' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const format = exportFormats.find((known) => known === values.format);
  if (!format) throw new UsageError(`--format wants one of ${exportFormats.join(', ')}`);
  const stored = openStored(values.db);
  const { session } = stored;
  const line = new ProgressLine('exporting');
  try {
    const traceId = values.trace?.toLowerCase() ?? null;
    // Only a selection needs trees and names.
    if (traceId !== null || values.query !== undefined) await loadAll(stored);
    if (traceId !== null && session.index.findTrace(traceId) === -1) {
      throw new Error(`there is no trace ${traceId} in ${values.db}`);
    }
    const options = {
      format: format as ExportFormat,
      traceId,
      query: values.query ?? '',
      pageDirectory: join(__dirname, 'webview'),
      onProgress: line.update,
    };
    if (values.output !== undefined && values.output !== '-') {
      const path = resolve(values.output);
      const { spans, bytes } = await exportToFile(session, options, path);
      line.end();
      process.stderr.write(`${path}: ${spans} span${spans === 1 ? '' : 's'}\n`);
      if (format === 'html' && bytes > slowPageBytes) {
        process.stderr.write('spanpath: a page this large opens slowly; narrow it by --query\n');
      }
    } else {
      const failed = once(process.stdout, 'error').then(([error]) => Promise.reject(error));
      failed.catch(() => {});
      await exportSession(session, options, async (text) => {
        if (process.stdout.write(text)) return;
        await Promise.race([once(process.stdout, 'drain'), failed]);
      });
      line.end();
    }
  } catch (error) {
    line.end();
    // Whoever reads stdout (`head`) has enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
    if (error instanceof QueryError) throw new UsageError(`--query: ${error.message}`);
    throw error;
  } finally {
    session.close();
  }
  return 0;
}
