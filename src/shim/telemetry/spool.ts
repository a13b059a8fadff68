/**
 * Where telemetry waits for a collector: OTLP JSON lines, one file a shim and signal, readable by
 * the owner only, `NAME-PID-TIME.traces.jsonl` and `….logs.jsonl`. The folder has a size cap.
 */
import { appendFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export class Spool {
  private used: number | null = null;
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

  /** False when it could not be kept: no room, no right, no disk. */
  write(signal: 'traces' | 'logs', line: Uint8Array): boolean {
    try {
      if (this.used === null) {
        mkdirSync(this.directory, { recursive: true, mode: 0o700 });
        this.used = sizeOf(this.directory);
      }
      if (this.used + line.length + 1 > this.limit) return false;
      const path = join(this.directory, `${this.stem}.${signal}.jsonl`);
      appendFileSync(path, Buffer.concat([line, Buffer.from('\n')]), { mode: 0o600 });
      this.used += line.length + 1;
      return true;
    } catch {
      return false;
    }
  }
}

function sizeOf(directory: string): number {
  let bytes = 0;
  for (const file of readdirSync(directory)) {
    bytes += statSync(join(directory, file), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
