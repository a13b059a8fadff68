// A weather server with OpenTelemetry of its own: one tool for each way that a call can end.
import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';
import { startStationApi, stations } from './stationApi.ts';
import { fetchJson, inSpan, inToolSpan, shutDown } from './telemetry.ts';

const api = await startStationApi();
const server = new McpServer({ name: 'weather', version: '1.0.0' });
const city = z.string().describe('One of lisbon, oslo, nairobi, lima').default('lisbon');
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

server.registerTool(
  'current_weather',
  {
    title: 'Current weather',
    description: 'Temperature and wind now. Fast.',
    inputSchema: { city, units: z.enum(['celsius', 'fahrenheit']).default('celsius') },
  },
  async ({ city, units }, { _meta }) =>
    inToolSpan('current_weather', _meta, async () => {
      const station = stations[city.toLowerCase()];
      if (!station) return { ...text(`No station in ${city}`), isError: true };
      const degrees = units === 'celsius' ? station.celsius : station.celsius * 1.8 + 32;
      return text(`${station.name}: ${degrees} °${units[0]?.toUpperCase()}`);
    }),
);

server.registerTool(
  'plan_day',
  {
    title: 'Plan a day outside',
    description: 'Forecast and air quality, one after the other. Slow: two HTTP calls.',
    inputSchema: { city },
  },
  async ({ city }, { _meta }) =>
    inToolSpan('plan_day', _meta, async () => {
      const forecast = await fetchJson(`${api}/forecast/${city}`);
      const air = await fetchJson(`${api}/air-quality/${city}`);
      const plan = await inSpan('choose hours', {}, async () => {
        await sleep(40);
        return { city, forecast, air, best: '09:00–11:00' };
      });
      return text(JSON.stringify(plan));
    }),
);

server.registerTool(
  'find_station',
  {
    title: 'Find a station',
    description: 'Answers isError for a place without a station.',
    inputSchema: { place: z.string().default('Atlantis') },
  },
  async ({ place }, { _meta }) =>
    inToolSpan('find_station', _meta, async () => {
      const station = stations[place.toLowerCase()];
      if (station) return text(`${station.name} has a station`);
      return { ...text(`There is no weather station in ${place}`), isError: true };
    }),
);

server.registerTool(
  'decode_report',
  {
    title: 'Decode a METAR report',
    description: 'Throws when the report has no temperature group.',
    inputSchema: { report: z.string().default('LPPT 221200Z 33018KT CAVOK') },
  },
  async ({ report }, { _meta }) =>
    inToolSpan('decode_report', _meta, async () => text(`${readTemperature(report)} °C`)),
);

server.registerTool(
  'reserve_balloon',
  {
    title: 'Reserve a weather balloon',
    description: 'The call succeeds; its payload says that the reservation did not.',
    inputSchema: { city, day: z.string().default('Sunday') },
  },
  async ({ city, day }, { _meta }) =>
    inToolSpan('reserve_balloon', _meta, async () =>
      text(JSON.stringify({ success: false, error: `No balloon is free in ${city} on ${day}` })),
    ),
);

server.registerTool(
  'download_history',
  {
    title: 'Download past years',
    description: 'Reports its progress, a year every 300 ms, and can be cancelled.',
    inputSchema: { city, years: z.number().int().min(1).max(100).default(10) },
  },
  async ({ city, years }, { _meta, signal, sendNotification }) =>
    inToolSpan('download_history', _meta, async () => {
      for (let year = 1; year <= years; year++) {
        await sleep(300, undefined, { signal });
        const progressToken = _meta?.progressToken;
        if (progressToken === undefined) continue;
        const message = `${year} of ${years} years`;
        const params = { progressToken, progress: year, total: years, message };
        await sendNotification({ method: 'notifications/progress', params });
      }
      return text(`${years} years of ${city} downloaded`);
    }),
);

server.registerPrompt(
  'packing_list',
  {
    title: 'Packing list',
    description: 'What to pack for a city',
    argsSchema: { city: z.string() },
  },
  ({ city }) => ({
    messages: [
      { role: 'user', content: { type: 'text', text: `What should I pack for ${city}?` } },
    ],
  }),
);

server.registerResource(
  'stations',
  'weather://stations',
  { title: 'Stations', mimeType: 'application/json' },
  async (uri) => ({ contents: [{ uri: uri.href, text: JSON.stringify(stations, null, 2) }] }),
);

function readTemperature(report: string): number {
  const [, celsius] = report.match(/\b(\d\d)\/\d\d\b/) ?? [];
  if (!celsius) throw new SyntaxError(`No temperature group in "${report}"`);
  return Number(celsius);
}

server.server.onclose = shutDown;
process.on('SIGTERM', shutDown);
process.stdin.on('end', shutDown);
await server.connect(new StdioServerTransport());
console.error(`weather: ${Object.keys(stations).length} stations, API at ${api}`);
