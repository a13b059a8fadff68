import { traces } from '../../../src/core/otlp/schema.js';
import { encodeMessage } from '../../../src/core/otlp/writeMessage.js';

/** One request as both encodings see it. */
export interface LoadRequest {
  readonly json: object;
  readonly protobuf: Uint8Array<ArrayBuffer>;
}

const attributesOfSpan = 12;
const routes = ['/users', '/orders', '/forecast', '/geocode', '/alerts', '/search'];

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

/**
 * Spans as an instrumented server sends them: 12 attributes (text, numbers, a flag), a few names,
 * traces of 32 spans. `seed` keeps ids of different requests apart; they start in second `second`.
 */
export function makeRequest(
  seed: number,
  spans: number,
  spansOfTrace = 32,
  second = seed,
): LoadRequest {
  const start = 1_790_000_000_000_000_000n + BigInt(second) * 1_000_000_000n;
  const list = [];
  for (let at = 0; at < spans; at++) {
    const inTrace = at % spansOfTrace;
    const trace = hex(0xabc, 8) + hex(seed, 12) + hex(Math.floor(at / spansOfTrace) + 1, 12);
    const from = start + BigInt(at) * 1000n;
    const route = routes[at % routes.length]!;
    list.push({
      traceId: trace,
      spanId: hex(seed + 1, 8) + hex(at + 1, 8),
      ...(inTrace === 0 ? {} : { parentSpanId: hex(seed + 1, 8) + hex(at - inTrace + 1, 8) }),
      name: `GET ${route}`,
      kind: inTrace === 0 ? 2 : 3,
      startTimeUnixNano: String(from),
      endTimeUnixNano: String(from + 2_345_678n + BigInt(at)),
      attributes: attributesFor(at, route),
      status: { code: at % 50 === 0 ? 2 : 0 },
    });
  }
  const resource = {
    attributes: ['service.name', 'service.version', 'telemetry.sdk.language'].map((key) => ({
      key,
      value: { stringValue: `${key} of the load` },
    })),
  };
  const json = {
    resourceSpans: [
      { resource, scopeSpans: [{ scope: { name: 'load', version: '1' }, spans: list }] },
    ],
  };
  return { json, protobuf: encodeMessage(traces.request, json, { count: 0, firstReason: null }) };
}

const tools = ['get_forecast', 'search_orders', 'geocode', 'create_ticket', 'list_alerts'];

/**
 * MCP calls of four spans and two processes each: the shim's wire span, the server's span, its
 * handler and a request that the handler makes. `seed` keeps ids of different requests apart.
 */
export function makeCalls(seed: number, calls: number): Uint8Array<ArrayBuffer> {
  const wire: object[] = [];
  const server: object[] = [];
  const start = 1_790_000_000_000_000_000n + BigInt(seed) * 1_000_000_000n;
  const textOf = (key: string, value: string): object => ({ key, value: { stringValue: value } });
  for (let at = 0; at < calls; at++) {
    const tool = tools[at % tools.length]!;
    const traceId = hex(0xdef, 8) + hex(seed, 12) + hex(at + 1, 12);
    const idOf = (place: number): string => hex(seed + 1, 8) + hex(at * 4 + place + 1, 8);
    const from = start + BigInt(at) * 1_000_000n;
    const spanOf = (place: number, kind: number, name: string, attributes: object[]): object => ({
      traceId,
      spanId: idOf(place),
      ...(place === 0 ? {} : { parentSpanId: idOf(place - 1) }),
      name,
      kind,
      startTimeUnixNano: String(from + BigInt(place) * 100_000n),
      endTimeUnixNano: String(from + 8_000_000n - BigInt(place) * 100_000n),
      attributes,
      status: { code: 0 },
    });
    const mcp = [textOf('mcp.method.name', 'tools/call'), textOf('gen_ai.tool.name', tool)];
    const said = [
      textOf('gen_ai.tool.call.arguments', `{"city":"Lisbon","days":${at}}`),
      textOf('gen_ai.tool.call.result', `{"content":[{"type":"text","text":"answer ${at}"}]}`),
      textOf('spanpath.outcome', at % 40 === 0 ? 'tool_error' : 'ok'),
    ];
    wire.push(spanOf(0, 3, `tools/call ${tool}`, [...mcp, ...said]));
    server.push(
      spanOf(1, 2, `tools/call ${tool}`, mcp),
      spanOf(2, 1, `handle ${tool}`, []),
      spanOf(3, 3, 'GET', attributesFor(at, routes[at % routes.length]!)),
    );
  }
  const process = (pid: number, scope: string, spans: object[]): object => ({
    resource: {
      attributes: [
        textOf('service.name', 'weather'),
        { key: 'process.pid', value: { intValue: String(pid) } },
      ],
    },
    scopeSpans: [{ scope: { name: scope, version: '1' }, spans }],
  });
  const json = {
    resourceSpans: [process(1, 'spanpath.shim', wire), process(2, 'spanpath.hook', server)],
  };
  return encodeMessage(traces.request, json, { count: 0, firstReason: null });
}

function attributesFor(at: number, route: string): object[] {
  const texts: Record<string, string> = {
    'http.request.method': 'GET',
    'url.path': route,
    'url.full': `http://127.0.0.1:8080${route}?id=${at}`,
    'server.address': '127.0.0.1',
    'user_agent.original': 'load/1.0 (one of many)',
    'network.protocol.version': '1.1',
    'app.customer': `customer-${at % 97}`,
    'thread.name': `worker-${at % 4}`,
  };
  const list: object[] = Object.entries(texts).map(([key, value]) => ({
    key,
    value: { stringValue: value },
  }));
  list.push(
    { key: 'http.response.status_code', value: { intValue: '200' } },
    { key: 'server.port', value: { intValue: '8080' } },
    { key: 'app.ratio', value: { doubleValue: 0.25 + (at % 10) } },
    { key: 'app.cached', value: { boolValue: at % 2 === 0 } },
  );
  return list.slice(0, attributesOfSpan);
}
