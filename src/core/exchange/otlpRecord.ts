import type { Signal } from '../otlp/schema.js';
import { fromBase64, toHex } from '../otlp/text.js';
import { WireError } from '../otlp/wireReader.js';

type Record_ = { [key: string]: unknown };

/** A number that a double cannot hold, where OTLP puts times and integers. */
const longNumber =
  /"(?:[a-zA-Z]*UnixNano|[a-z_]*unix_nano|intValue|int_value|asInt|as_int)"\s*:\s*-?\d{16,}/;
const longNumbers = new RegExp(`(${longNumber.source.replace('-?', ')(-?')})(?=\\s*[,}])`, 'g');

/** The value of a JSON text; 64-bit integers that are spelled as numbers keep every digit. */
export function parseRecord(text: string): unknown {
  return JSON.parse(longNumber.test(text) ? text.replace(longNumbers, '$1"$2"') : text);
}

/**
 * Makes a span or log record as files spell it the same as on the wire, in place: enum names
 * become numbers, and ids in base64 (as generic protobuf-to-JSON writers spell bytes) hex.
 * @throws WireError when an id is not one.
 */
export function tidyRecord(signal: Signal['path'], value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WireError('it is not an object');
  }
  const record = value as Record_;
  if (signal === 'metrics') return;
  tidyId(record, 'traceId', 'trace_id', 16, signal === 'traces');
  tidyId(record, 'spanId', 'span_id', 8, signal === 'traces');
  if (signal === 'logs') {
    tidyEnum(record, 'severityNumber', 'severity_number', severities);
    return;
  }
  tidyId(record, 'parentSpanId', 'parent_span_id', 8, false);
  tidyEnum(record, 'kind', 'kind', kinds);
  if (typeof record.status === 'object' && record.status !== null) {
    tidyEnum(record.status as Record_, 'code', 'code', codes);
  }
  for (const link of Array.isArray(record.links) ? record.links : []) {
    if (typeof link !== 'object' || link === null) continue;
    tidyId(link, 'traceId', 'trace_id', 16, false);
    tidyId(link, 'spanId', 'span_id', 8, false);
  }
}

const names = (prefix: string, all: string) =>
  new Map(all.split(' ').map((name, index) => [`${prefix}${name}`, index]));
const kinds = names('SPAN_KIND_', 'UNSPECIFIED INTERNAL SERVER CLIENT PRODUCER CONSUMER');
const codes = names('STATUS_CODE_', 'UNSET OK ERROR');
const severities = names(
  'SEVERITY_NUMBER_',
  `UNSPECIFIED ${['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
    .flatMap((level) => [level, `${level}2`, `${level}3`, `${level}4`])
    .join(' ')}`,
);

function tidyEnum(
  record: Record_,
  key: string,
  original: string,
  numbers: ReadonlyMap<string, number>,
): void {
  for (const name of [key, original]) {
    const value = record[name];
    if (typeof value !== 'string') continue;
    const number = numbers.get(value);
    // A name from a newer protocol counts as not said.
    if (number !== undefined) record[name] = number;
    else if (/^-?\d+$/.test(value)) record[name] = Number(value);
    else delete record[name];
  }
}

function tidyId(
  record: Record_,
  key: string,
  original: string,
  length: 8 | 16,
  wanted: boolean,
): void {
  const name = key in record ? key : original;
  const value = record[name];
  if (value === undefined || value === null || value === '') {
    if (wanted) throw new WireError(`${key} is missing`);
    return;
  }
  if (typeof value !== 'string') throw new WireError(`${key} is not a string`);
  const isHex = value.length === length * 2 && /^[0-9a-f]+$/i.test(value);
  const hex = isHex ? value : base64AsHex(value, length);
  if (hex === null) throw new WireError(`${key} is not ${length * 2} hex digits`);
  if (wanted && /^0+$/.test(hex)) throw new WireError(`${key} is zero`);
  record[name] = hex;
}

function base64AsHex(text: string, length: number): string | null {
  if (text.length !== Math.ceil(length / 3) * 4) return null;
  const bytes = fromBase64(text);
  return bytes?.length === length ? toHex(bytes) : null;
}
