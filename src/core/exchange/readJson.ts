import type { Signal } from '../otlp/schema.js';
import { decodeText } from '../otlp/text.js';
import { WireError } from '../otlp/wireReader.js';
import { type JaegerProcesses, JaegerTrace } from './jaegerTrace.js';
import type { JsonListener, JsonPlace } from './jsonShape.js';
import { JsonSplitter } from './jsonSplitter.js';
import { parseRecord, tidyRecord } from './otlpRecord.js';
import { documentShape } from './otlpShape.js';
import { countOf, noteProblem, type Piece, type ReadReport } from './piece.js';
import { PieceBuilder } from './pieceBuilder.js';

/**
 * Reads OTLP JSON, JSON lines, Jaeger JSON and any mixture of them, as chunks of a file arrive.
 * Which it is shows in the members' names; nothing else is asked of the file.
 */
export class JsonReader implements JsonListener {
  private readonly splitter = new JsonSplitter(documentShape(), this);
  private readonly builders: Readonly<Record<Signal['path'], PieceBuilder>>;
  private jaeger = new JaegerTrace();
  /** Something in the file has a name that is understood. */
  private isKnown = false;

  constructor(
    private readonly report: ReadReport,
    readonly emit: (piece: Piece) => void,
  ) {
    this.builders = {
      traces: new PieceBuilder('traces', emit),
      logs: new PieceBuilder('logs', emit),
      metrics: new PieceBuilder('metrics', emit),
    };
  }

  push(chunk: Uint8Array): void {
    this.splitter.push(chunk);
  }

  end(): void {
    this.splitter.end();
    for (const builder of Object.values(this.builders)) builder.finish();
    if (this.isKnown || this.report.rejected > 0) return;
    noteProblem(this.report, {
      line: 1,
      byte: 0,
      reason: 'neither OTLP ("resourceSpans" …) nor Jaeger ("data") was found',
    });
  }

  opened(name: string): void {
    if (name === 'list') this.isKnown = true;
    else if (name === 'document' || name === 'jaeger/trace') this.putJaeger();
    else {
      const [signal, what] = name.split('/') as [Signal['path'], string];
      if (what === 'group') this.builders[signal].openGroup();
      else this.builders[signal].openScoped();
    }
  }

  closed(name: string): void {
    if (name === 'document' || name === 'jaeger/trace') {
      this.putJaeger();
      return;
    }
    const [signal, what] = name.split('/') as [Signal['path'], string];
    if (what === 'group') this.builders[signal].closeGroup();
    else this.builders[signal].closeScoped();
  }

  taken(name: string, bytes: Uint8Array, place: JsonPlace): void {
    try {
      const value = parseRecord(decodeText(bytes, 0, bytes.length));
      const [signal, what] = name.split('/') as [string, string];
      if (signal === 'jaeger') this.takenOfJaeger(what, value, place);
      else this.takenOfOtlp(signal as Signal['path'], what, value);
    } catch (error) {
      this.failed(reasonOf(error), place);
    }
  }

  failed(reason: string, place: JsonPlace): void {
    noteProblem(this.report, { ...place, reason });
  }

  private takenOfOtlp(signal: Signal['path'], what: string, value: unknown): void {
    const builder = this.builders[signal];
    if (what === 'resource') builder.setResource(value);
    else if (what === 'scope') builder.setScope(value);
    else if (what === 'groupSchema') builder.setGroupSchema(String(value ?? ''));
    else if (what === 'scopedSchema') builder.setScopedSchema(String(value ?? ''));
    else {
      tidyRecord(signal, value);
      builder.addRecord(value);
      this.report[countOf[signal]]++;
    }
  }

  private takenOfJaeger(what: string, value: unknown, place: JsonPlace): void {
    if (what === 'processes') this.jaeger.setProcesses(value as JaegerProcesses);
    else this.jaeger.add(value, place);
  }

  private putJaeger(): void {
    if (this.jaeger.isEmpty) return;
    this.report.spans += this.jaeger.put(this.builders.traces, (reason, place) =>
      this.failed(reason, place),
    );
    this.jaeger = new JaegerTrace();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return `this is not JSON (${error.message})`;
  if (error instanceof WireError) return error.message;
  throw error;
}
