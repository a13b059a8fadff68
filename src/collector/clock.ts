const startNanos = BigInt(Date.now()) * 1_000_000n;
const startMonotonic = process.hrtime.bigint();

/** Now in ns since the epoch; never goes back while the process lives. */
export function nowNanos(): bigint {
  return startNanos + (process.hrtime.bigint() - startMonotonic);
}
