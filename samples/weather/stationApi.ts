// Stands for the weather service on the internet: a small HTTP API on the loopback interface.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export const stations: Record<string, { name: string; celsius: number; windKmh: number }> = {
  lisbon: { name: 'Lisbon', celsius: 24, windKmh: 18 },
  oslo: { name: 'Oslo', celsius: 7, windKmh: 11 },
  nairobi: { name: 'Nairobi', celsius: 26, windKmh: 9 },
  lima: { name: 'Lima', celsius: 19, windKmh: 14 },
};

/** Milliseconds that each route takes, so that its bar in the trace can be recognised. */
const latencyMs: Record<string, number> = { forecast: 120, 'air-quality': 260 };

/** Starts the API on a free port and returns its base URL; it never keeps the process alive. */
export async function startStationApi(): Promise<string> {
  const server = createServer(async (request, response) => {
    const [, route = '', city = ''] = (request.url ?? '').split('/');
    await sleep(latencyMs[route] ?? 0);
    const station = stations[city];
    response.setHeader('content-type', 'application/json');
    if (!station || !(route in latencyMs)) {
      response.writeHead(404).end(JSON.stringify({ error: 'unknown station' }));
    } else if (route === 'forecast') {
      response.end(JSON.stringify({ high: station.celsius + 3, low: station.celsius - 6 }));
    } else {
      response.end(JSON.stringify({ index: 30 + station.windKmh, grade: 'good' }));
    }
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
