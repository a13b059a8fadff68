import { describe, expect, it } from 'vitest';
import { post, run } from './running.js';

const traceId = 'a'.repeat(32);
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const resource = { attributes: [text('service.name', 'phone')] };

/** What a hook says of a handler. */
function told(name: string, file: string, line: number): object {
  return {
    timeUnixNano: '1795380506323373492',
    eventName: 'spanpath.handler',
    attributes: [
      text('spanpath.handler.kind', 'tool'),
      text('spanpath.handler.name', name),
      text('code.file.path', file),
      { key: 'code.line.number', value: { intValue: String(line) } },
    ],
  };
}

/** The places of a call of each tool, in a server whose hook told these. */
async function placesOf(names: readonly string[], logRecords: readonly object[]) {
  const collector = await run();
  const body = { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] };
  await post(collector, body, { path: '/v1/logs' });
  const spans = names.map((name, at) => ({
    ...{ traceId, spanId: String(at + 1).padStart(16, '0'), name: 'tools/call', kind: 3 },
    ...{ startTimeUnixNano: '1795380506000000000', endTimeUnixNano: '1795380506100000000' },
    attributes: [text('mcp.method.name', 'tools/call'), text('gen_ai.tool.name', name)],
  }));
  const scope = { name: 'spanpath.shim' };
  await post(collector, { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] });
  return Promise.all(
    spans.map(async ({ spanId }) => {
      const places = await collector.handlers['call/places']({ traceId, spanId });
      return places?.measured.map(({ file, line, isDispatch }) => ({ file, line, isDispatch }));
    }),
  );
}

describe('a measured handler', () => {
  it('that several tools share is what they go through, not the function of one', async () => {
    const [tap, swipe, shake] = await placesOf(
      ['tap', 'swipe', 'shake'],
      [
        told('tap', '/w/server.js', 63),
        told('swipe', '/w/server.js', 63),
        told('shake', '/w/a.js', 5),
      ],
    );
    expect(tap).toEqual([{ file: '/w/server.js', line: 63, isDispatch: true }]);
    expect(swipe).toEqual(tap);
    expect(shake).toEqual([{ file: '/w/a.js', line: 5, isDispatch: false }]);
  });

  it('is one tool’s own where another one only stood there before the file changed', async () => {
    const [tap] = await placesOf(
      ['tap'],
      [
        told('swipe', '/w/server.js', 63),
        told('tap', '/w/server.js', 63),
        told('swipe', '/w/server.js', 80),
      ],
    );
    expect(tap).toEqual([{ file: '/w/server.js', line: 63, isDispatch: false }]);
  });
});
