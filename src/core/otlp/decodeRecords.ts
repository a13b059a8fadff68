import { resource, scope, signals } from './schema.js';
import { validateMessage } from './validate.js';
import { WireError, WireReader } from './wireReader.js';

/** Records of one resource and scope. All pairs are ranges of the request's bytes. */
export interface RecordGroup {
  readonly resource: readonly [from: number, to: number];
  readonly scope: readonly [from: number, to: number];
  /** From the first record's tag to the end of the last one. */
  readonly range: readonly [from: number, to: number];
  readonly records: readonly (readonly [from: number, to: number])[];
}

export interface DecodedRecords {
  readonly groups: readonly RecordGroup[];
  readonly accepted: number;
  readonly rejected: number;
  readonly firstReason: string | null;
}

/**
 * Finds and validates the records of a logs or metrics request, or of the body of one of its
 * scoped groups as the store keeps it. @throws WireError when the frame is broken.
 */
export function decodeRecords(
  signal: 'logs' | 'metrics',
  bytes: Uint8Array,
  what: 'request' | 'scoped',
): DecodedRecords {
  const reader = new WireReader(bytes);
  const groups: RecordGroup[] = [];
  let accepted = 0;
  let rejected = 0;
  let firstReason: string | null = null;

  const eachMessage = (end: number, visit: (field: number, end: number, tagAt: number) => void) => {
    const outerEnd = reader.end;
    reader.end = end;
    while (reader.at < end) {
      const tagAt = reader.at;
      const tag = reader.varint();
      if ((tag & 7) !== 2) {
        reader.skip(tag & 7);
        continue;
      }
      const fieldEnd = reader.lengthEnd();
      visit(Math.floor(tag / 8), fieldEnd, tagAt);
      reader.at = fieldEnd;
    }
    reader.end = outerEnd;
  };
  const scoped = (end: number, resourceRange: readonly [number, number]): void => {
    let scopeRange: readonly [number, number] = [0, 0];
    let from = -1;
    let to = -1;
    const records: [number, number][] = [];
    eachMessage(end, (field, fieldEnd, tagAt) => {
      if (field === 1) {
        scopeRange = [reader.at, fieldEnd];
        validateMessage(scope, reader, fieldEnd);
      }
      if (field !== 2) return;
      const at = reader.at;
      try {
        validateMessage(signals[signal].record, reader, fieldEnd);
        records.push([at, fieldEnd]);
        if (from === -1) from = tagAt;
        to = fieldEnd;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        reader.end = end;
        rejected++;
        firstReason ??= error.message;
      }
    });
    if (records.length === 0) return;
    accepted += records.length;
    groups.push({ resource: resourceRange, scope: scopeRange, range: [from, to], records });
  };

  if (what === 'scoped') scoped(bytes.length, [0, 0]);
  else {
    eachMessage(bytes.length, (field, end) => {
      if (field !== 1) return;
      const start = reader.at;
      let resourceRange: readonly [number, number] = [0, 0];
      eachMessage(end, (inner, innerEnd) => {
        if (inner !== 1) return;
        resourceRange = [reader.at, innerEnd];
        validateMessage(resource, reader, innerEnd);
      });
      reader.at = start;
      eachMessage(end, (inner, innerEnd) => {
        if (inner === 2) scoped(innerEnd, resourceRange);
      });
    });
  }
  return { groups, accepted, rejected, firstReason };
}
