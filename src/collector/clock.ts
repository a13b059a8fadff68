const startNanos = BigInt(Date.now()) * 1_000_000n;
const startMs = performance.now();

/** Now in ns since the epoch; never goes back while the process lives. */
export function nowNanos(): bigint {
  return startNanos + BigInt(Math.round((performance.now() - startMs) * 1e6));
}
