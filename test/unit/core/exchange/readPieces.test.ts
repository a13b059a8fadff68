import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyReport } from '../../../../src/core/exchange/piece.js';
import { readPieces } from '../../../../src/core/exchange/readPieces.js';
import { traces } from '../../../../src/core/otlp/schema.js';
import { encodeMessage } from '../../../../src/core/otlp/writeMessage.js';
import { documents, read, recordsOf } from './telemetry.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = (id: number, more: object = {}) => ({
  traceId,
  spanId: String(id).padStart(16, 'a'),
  name: `span ${id}`,
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000000000000001',
  ...more,
});
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'one' } }] };
const document = (...spans: unknown[]) => ({
  resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans }] }],
});
const encode = (value: object) =>
  encodeMessage(traces.request, value, { count: 0, firstReason: null });

describe('reading a file of telemetry', () => {
  it('leaves out a span that is wrong, and says why and where', async () => {
    const { report } = await read(
      JSON.stringify(
        document(
          span(1),
          span(2, { traceId: 'short' }),
          span(3, { spanId: '0000000000000000' }),
          span(4, { name: 5 }),
          span(5, { startTimeUnixNano: 'now' }),
          span(6, { spanId: undefined }),
          'text',
          span(7),
        ),
        null,
        1,
      ),
    );
    expect(report).toMatchObject({ spans: 2, rejected: 6 });
    expect(report.problems.map(({ reason }) => reason)).toEqual([
      'traceId is not 32 hex digits',
      'spanId is zero',
      'name is not a string',
      'startTimeUnixNano is not a whole number',
      'spanId is missing',
      'it is not an object',
    ]);
    const lines = report.problems.map(({ line }) => line!);
    expect([...lines].sort((a, b) => a - b)).toEqual(lines);
  });

  it.each([
    ['enum names', { kind: 'SPAN_KIND_SERVER', status: { code: 'STATUS_CODE_ERROR' } }],
    ['numbers in strings', { kind: '2', status: { code: '2' } }],
    ['the original field names', { kind: 2, status: { code: 2 }, start_time_unix_nano: '1' }],
  ])('understands %s', async (_, more) => {
    const { pieces, report } = await read(JSON.stringify(document(span(1, more))));
    expect(report.problems).toEqual([]);
    expect(recordsOf(pieces)[0]).toContain('"kind":2');
    expect(recordsOf(pieces)[0]).toContain('"code":2');
  });

  it('understands ids in base64, as generic writers of protobuf spell them', async () => {
    const spelled = {
      traceId: Buffer.from(traceId, 'hex').toString('base64'),
      spanId: Buffer.from('00f067aa0ba902b7', 'hex').toString('base64'),
    };
    const { pieces } = await read(JSON.stringify(document(span(1, spelled))));
    expect(recordsOf(pieces)[0]).toContain(`"traceId":"${traceId}","spanId":"00f067aa0ba902b7"`);
  });

  it('keeps every digit of a time or integer that is spelled as a number', async () => {
    const text = JSON.stringify(
      document(span(1, { attributes: [{ key: 'n', value: { intValue: '@2' } }] })),
    )
      .replace('"1790000000000000000"', '1790000000123456789')
      .replace('"@2"', '-9223372036854775807');
    const [record] = recordsOf((await read(text)).pieces);
    expect(record).toContain('"startTimeUnixNano":"1790000000123456789"');
    expect(record).toContain('"intValue":"-9223372036854775807"');
  });

  it('puts records under a resource that is written behind them', async () => {
    const { scopeSpans } = document(span(1)).resourceSpans[0]!;
    const { pieces } = await read(JSON.stringify({ resourceSpans: [{ scopeSpans, resource }] }));
    expect(recordsOf(pieces)[0]).toContain('"stringValue":"one"');
  });

  it('understands how files before 2022 name the scope', async () => {
    const old = {
      resourceSpans: [
        {
          resource,
          instrumentationLibrarySpans: [
            { instrumentationLibrary: { name: 'lib' }, spans: [span(1)] },
          ],
        },
      ],
    };
    const now = await read(JSON.stringify(document(span(1))));
    expect(recordsOf((await read(JSON.stringify(old))).pieces)).toEqual(recordsOf(now.pieces));
  });

  it('gives pieces of bounded size, however large the group', async () => {
    const attributes = [{ key: 'k', value: { stringValue: 'x'.repeat(2_000) } }];
    const spans = Array.from({ length: 3_000 }, (_, index) => span(index, { attributes }));
    const { pieces, report } = await read(JSON.stringify(document(...spans)));
    expect(report.spans).toBe(3_000);
    expect(pieces.length).toBeGreaterThan(4);
    expect(Math.max(...pieces.map(({ bytes }) => bytes.length))).toBeLessThan(1.2 * 1024 * 1024);
    expect(pieces.reduce((sum, { records }) => sum + records, 0)).toBe(3_000);
    const resources = recordsOf(pieces).filter((record) => record.includes('"service.name"'));
    expect(resources).toHaveLength(3_000);
  });

  it('gives the first piece long before the file ends', async () => {
    let read = 0;
    const text = `${JSON.stringify(document(...Array.from({ length: 500 }, (_, id) => span(id))))}\n`;
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        read++;
        yield Buffer.from(text);
      }
    }
    for await (const piece of readPieces(endless(), emptyReport())) {
      expect(piece.records).toBeGreaterThanOrEqual(4_096);
      break;
    }
    expect(read).toBeLessThan(20);
  });

  it('ends with the reason of its signal', async () => {
    const control = new AbortController();
    const reading = readPieces([Buffer.from('{'), Buffer.from(' '.repeat(99))], emptyReport(), {
      signal: control.signal,
    });
    control.abort(new Error('enough'));
    await expect(reading.next()).rejects.toThrow('enough');
  });

  it.each([
    ['an empty file', new Uint8Array(), 'the file is empty'],
    ['UTF-16', Buffer.from('\ufeff{"resourceSpans":[]}', 'utf16le'), 'UTF-16'],
    [
      'text',
      Buffer.from('hello, this is no telemetry at all, but a longer text of words'),
      'not a JSON',
    ],
    ['other JSON', Buffer.from('{"name":"x"}'), 'neither OTLP'],
    ['other bytes', Buffer.from(Array.from({ length: 200 }, (_, index) => 255 - index)), ''],
  ])('says of %s that it is not one', async (_, content, reason) => {
    const { pieces, report } = await read(content);
    expect(pieces).toEqual([]);
    expect(report.rejected).toBeGreaterThan(0);
    expect(report.problems[0]!.reason).toContain(reason);
  });

  it('takes a list without spans for a file without spans', async () => {
    for (const text of ['{"resourceSpans":[]}', '[{"resourceLogs":[]}]', '{"data":[]}']) {
      expect((await read(text)).report).toMatchObject({ spans: 0, rejected: 0 });
    }
  });
});

describe('reading a protobuf file', () => {
  it('leaves out the span that is wrong, and says where', async () => {
    const bad = encode(document(span(1, { spanId: 'abcd' })));
    const text = encode(document(span(2)));
    const { report } = await read(Buffer.concat([encode(document(span(3))), bad, text]));
    expect(report).toMatchObject({ spans: 2, rejected: 1 });
    expect(report.problems[0]).toMatchObject({
      line: null,
      reason: 'spanId is missing, zero or not of 8 bytes',
    });
    expect(report.problems[0]!.byte).toBeGreaterThan(0);
  });

  it('keeps what stands before the place where the file is cut', async () => {
    const whole = Buffer.concat([encode(document(span(1))), encode(document(span(2)))]);
    const { report } = await read(whole.subarray(0, whole.length - 5));
    expect(report).toMatchObject({
      spans: 1,
      rejected: 1,
      problems: [{ reason: 'the file ends inside a message' }],
    });
  });

  it('is not held up by a length that reaches to the end of the world', async () => {
    const huge = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    const { report } = await read(
      Buffer.concat([encode(document(span(1))), huge, Buffer.alloc(99)]),
    );
    expect(report.spans).toBe(1);
    expect(report.problems.length).toBeGreaterThan(0);
  });

  it('never throws, whatever was done to it', async () => {
    const good = encode(document(span(1), span(2)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.integer({ min: 1, max: 60 }),
        async (edits, size) => {
          const bytes = good.slice();
          for (const [at, value] of edits) bytes[at] = value;
          const { pieces, report } = await read(bytes, size);
          const kept = pieces.reduce((sum, { records }) => sum + records, 0);
          expect(kept).toBe(report.spans + report.logs + report.metrics);
        },
      ),
    );
  });

  it('tells the three signals apart by their records', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (given) => {
        const { pieces } = await read(JSON.stringify(given));
        for (const piece of pieces) {
          const again = await read(piece.bytes);
          expect(again.pieces.map(({ signal }) => signal)).toEqual([piece.signal]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
