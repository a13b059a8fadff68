/** How a length of time reads: three figures and the unit that fits, from ns to hours. */

const units = [
  { name: 'ns', nanos: 1 },
  { name: 'µs', nanos: 1e3 },
  { name: 'ms', nanos: 1e6 },
  { name: 's', nanos: 1e9 },
] as const;

/** `912 ms`, `4.82 s`, `2 m 05 s`, `1 h 04 m`; `0` for nothing and for what is no number. */
export function formatDuration(nanos: number): string {
  if (!Number.isFinite(nanos) || nanos === 0) return '0';
  if (nanos < 0) return `−${formatDuration(-nanos)}`;
  if (nanos >= 59.95e9) return formatLong(Math.round(nanos / 1e9));
  let unit: (typeof units)[number] = units[0];
  for (const candidate of units) if (nanos >= candidate.nanos * 0.9995) unit = candidate;
  return `${threeFigures(nanos / unit.nanos)} ${unit.name}`;
}

function threeFigures(value: number): string {
  if (value >= 99.95) return Math.round(value).toString();
  if (value >= 9.995) return stripZeros(value.toFixed(1));
  return stripZeros(value.toFixed(2));
}

function stripZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function formatLong(seconds: number): string {
  const pad = (value: number) => value.toString().padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${pad(hours % 24)} h`;
}

/** `1,204`: groups of three, the same in every locale (the view is in English). */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `12.3k`, `1.2M` where room is short. */
export function formatShortCount(count: number): string {
  if (count < 10_000) return formatCount(count);
  if (count < 999_950) return `${stripZeros((count / 1e3).toFixed(1))}k`;
  return `${stripZeros((count / 1e6).toFixed(1))}M`;
}

/** `1.2 MB`; decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 999_950) return `${stripZeros((bytes / 1e3).toFixed(1))} kB`;
  return `${stripZeros((bytes / 1e6).toFixed(1))} MB`;
}

/** US dollars with as many places as tell something: `$0.0012`, `$1.30`. */
export function formatCost(dollars: number): string {
  if (dollars === 0 || dollars >= 1) return `$${dollars.toFixed(2)}`;
  return dollars < 0.0001 ? '<$0.0001' : `$${dollars.toFixed(4)}`;
}
