/**
 * Where telemetry waits for a collector: OTLP JSON lines, one file a shim and signal, readable by
 * the owner only, `NAME-PID-TIME.traces.jsonl` and `….logs.jsonl`. The folder has a size cap.
 */
import { appendFileSync, mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { readMessage } from '../../core/otlp/readMessage.js';
import { signals } from '../../core/otlp/schema.js';
import { WireReader } from '../../core/otlp/wireReader.js';

export class Spool {
  private used: number | null = null;
  /** Bytes of the files of this shim that are whole lines. */
  private readonly whole = { traces: 0, logs: 0 };
  private readonly stem: string;

  constructor(
    private readonly directory: string,
    /** Bytes of all files in the folder together. */
    private readonly limit: number,
    name: string,
  ) {
    const safe = name.replace(/[^\w.-]+/g, '_').slice(0, 60) || 'server';
    this.stem = `${safe}-${process.pid}-${Date.now()}`;
  }

  /** `request` is protobuf. False when it could not be kept: no room, no right, no disk. */
  write(signal: 'traces' | 'logs', request: Uint8Array): boolean {
    try {
      const line = jsonLine(signal, request);
      if (this.used === null) {
        mkdirSync(this.directory, { recursive: true, mode: 0o700 });
        this.used = sizeOf(this.directory);
      }
      if (this.used + line.length > this.limit) return false;
      const path = join(this.directory, `${this.stem}.${signal}.jsonl`);
      try {
        appendFileSync(path, line, { mode: 0o600 });
      } catch (error) {
        // A disk that is full takes the beginning of a line; the next one must not follow on that.
        truncateSync(path, this.whole[signal]);
        throw error;
      }
      this.whole[signal] += line.length;
      this.used += line.length;
      return true;
    } catch {
      return false;
    }
  }
}

/** One line of the OTLP file format. */
function jsonLine(signal: 'traces' | 'logs', request: Uint8Array): Buffer {
  const { request: message } = signals[signal];
  const value = readMessage(message, new WireReader(request), request.length);
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function sizeOf(directory: string): number {
  let bytes = 0;
  for (const file of readdirSync(directory)) {
    bytes += statSync(join(directory, file), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
