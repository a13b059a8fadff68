/** Programs that a handler starts. */
import type { ChildProcess } from 'node:child_process';
import { getSystemErrorName } from 'node:util';
import { scopes } from '../../core/mcp/conventions.js';
import { callHidden, nameAs } from './hidden.js';
import { parentIds } from './otelContext.js';
import { nowMs, randomHex } from './records.js';
import type { Telemetry } from './telemetry.js';

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly pid: number | undefined;
  /** Why it could not be started, as `ENOENT`. */
  readonly problem?: string | undefined;
}

type AnyFunction = (...args: unknown[]) => unknown;

export function watchSubprocesses(telemetry: Telemetry): void {
  const module = require('node:child_process') as typeof import('node:child_process');
  watchAsynchronous(
    telemetry,
    module.ChildProcess.prototype as unknown as Record<string, AnyFunction>,
  );
  watchSynchronous(telemetry, module as unknown as Record<string, AnyFunction>);
  (require('node:module') as typeof import('node:module')).syncBuiltinESMExports();
}

/** `spawn`, `exec`, `execFile` and `fork` all end in one method. */
function watchAsynchronous(telemetry: Telemetry, prototype: Record<string, AnyFunction>): void {
  const { spawn } = prototype;
  if (!spawn) return;
  prototype.spawn = function (this: ChildProcess, ...args: unknown[]) {
    const end = start(
      telemetry,
      (args[0] as { args?: unknown[]; file?: string } | undefined)?.args,
      (args[0] as { file?: string } | undefined)?.file,
    );
    const result = callHidden(spawn, this, args);
    if (end && typeof result === 'number' && result < 0)
      end({ code: null, signal: null, pid: undefined, problem: getSystemErrorName(result) });
    else if (end)
      this.prependOnceListener('exit', (code, signal) => end({ code, signal, pid: this.pid }));
    return result;
  };
}

function watchSynchronous(telemetry: Telemetry, module: Record<string, AnyFunction>): void {
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const original = module[name];
    if (!original) continue;
    const made = function (this: unknown, ...args: unknown[]): unknown {
      const end = start(
        telemetry,
        Array.isArray(args[1]) ? [args[0], ...args[1]] : [args[0]],
        String(args[0]),
      );
      if (!end) return callHidden(original, this, args);
      try {
        const result = callHidden(original, this, args) as {
          status?: number | null;
          signal?: string | null;
          pid?: number;
          error?: { code?: string };
        };
        end({
          code: name === 'spawnSync' ? (result.status ?? null) : 0,
          signal: result?.signal ?? null,
          pid: result?.pid,
          problem: name === 'spawnSync' ? result.error?.code : undefined,
        });
        return result;
      } catch (error) {
        const { status, signal, pid, code } = error as {
          status?: number;
          signal?: string;
          pid?: number;
          code?: string;
        };
        end({ code: status ?? null, signal: signal ?? null, pid, problem: code });
        throw error;
      }
    };
    module[name] = nameAs(made, original);
  }
}

/** Null outside of any call. The arguments of a program may hold secrets: their number is kept. */
function start(
  telemetry: Telemetry,
  args: unknown[] | undefined,
  file: string | undefined,
): ((ended: Ended) => void) | null {
  const parent = parentIds();
  if (!parent) return null;
  const ids = { traceId: parent.traceId, spanId: randomHex(16) };
  const startMs = nowMs();
  const program =
    String(file ?? '')
      .trim()
      .split(/\s+/)[0]
      ?.split(/[\\/]/)
      .at(-1) ?? '';
  return ({ code, signal, pid, problem }) => {
    const endMs = nowMs();
    const failed = code !== 0;
    telemetry.addSpan(() => ({
      ...ids,
      parentSpanId: parent.spanId,
      name: `exec ${program}`,
      kind: 1,
      startMs,
      endMs,
      attributes: [
        {
          'process.executable.name': program,
          'process.args_count': args?.length ?? 0,
          ...(pid === undefined ? {} : { 'process.pid': pid }),
          ...(code === null ? {} : { 'process.exit.code': code }),
          ...(failed ? { 'error.type': signal ?? problem ?? String(code ?? 'error') } : {}),
        },
      ],
      events: [],
      links: [],
      status: failed
        ? { code: 2, message: describe(code, signal, problem) }
        : { code: 0, message: '' },
      scope: scopes.nodeHook,
      scopeVersion: '',
    }));
  };
}

function describe(code: number | null, signal: string | null, problem?: string): string {
  if (signal) return `ended by ${signal}`;
  return code === null ? `could not be run: ${problem ?? 'unknown reason'}` : `exit code ${code}`;
}
