import { WireError } from '../otlp/wireReader.js';
import { attributesOfTags, type JaegerSpan, type JaegerTag, toOtlpSpan } from './jaegerSpan.js';
import type { JsonPlace } from './jsonShape.js';
import type { PieceBuilder } from './pieceBuilder.js';

export type JaegerProcesses = Record<string, unknown>;

/** One trace of a Jaeger file; spans come before the processes that they name, so all are held. */
export class JaegerTrace {
  private readonly spans: { readonly span: unknown; readonly place: JsonPlace }[] = [];
  private processes: JaegerProcesses = {};

  get isEmpty(): boolean {
    return this.spans.length === 0;
  }

  setProcesses(processes: unknown): void {
    if (typeof processes === 'object' && processes !== null) {
      this.processes = processes as JaegerProcesses;
    }
  }

  add(span: unknown, place: JsonPlace): void {
    this.spans.push({ span, place });
  }

  /** Gives its spans to `builder`, grouped by process and scope; returns how many there were. */
  put(builder: PieceBuilder, fail: (reason: string, place: JsonPlace) => void): number {
    const groups = new Map<string, { process: unknown; scope: unknown; spans: PlacedSpan[] }>();
    for (const { span, place } of this.spans) {
      try {
        const made = toOtlpSpan(span);
        const { processID: id, process: inline } = span as JaegerSpan;
        const process = inline ?? (id && Object.hasOwn(this.processes, id) && this.processes[id]);
        const key = JSON.stringify([inline ?? id, made.scope]);
        const group = groups.get(key) ?? { process, scope: made.scope, spans: [] };
        groups.set(key, group);
        group.spans.push({ span: made.span, place });
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        fail(error.message, place);
      }
    }
    let written = 0;
    for (const { process, scope, spans } of groups.values()) {
      builder.openGroup();
      builder.setResource({ attributes: resourceAttributes(process) });
      builder.openScoped();
      builder.setScope(scope);
      for (const { span, place } of spans) {
        try {
          builder.addRecord(span);
          written++;
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          fail(error.message, place);
        }
      }
      builder.closeScoped();
      builder.closeGroup();
    }
    return written;
  }
}

interface PlacedSpan {
  readonly span: unknown;
  readonly place: JsonPlace;
}

function resourceAttributes(process: unknown): unknown[] {
  if (typeof process !== 'object' || process === null) return [];
  const { serviceName, tags } = process as { serviceName?: unknown; tags?: unknown };
  return [
    ...(typeof serviceName === 'string'
      ? [{ key: 'service.name', value: { stringValue: serviceName } }]
      : []),
    ...attributesOfTags(Array.isArray(tags) ? (tags as JaegerTag[]) : []),
  ];
}
