import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Piece } from '../../../../src/core/exchange/piece.js';
import { writeJsonLines, writeOtlpJson } from '../../../../src/core/exchange/writeJson.js';
import { writePage } from '../../../../src/core/exchange/writePage.js';
import { documents, read, recordsIn, recordsOf, sourceOf, textOf } from './telemetry.js';

const parts = {
  title: 'A & B </title><script>alert(1)</script>',
  script: 'console.log("</script><!--", 1 <scripts)',
  style: 'a { b: c }',
  host: 'void 0',
  sha256: (text: string) => createHash('sha256').update(text).digest('base64'),
};

/** A page's tags are its own: no data begins or ends one. */
function expectInert(html: string): void {
  const blocks = [...html.matchAll(/<script type="application\/json"[^>]*>\n(.*)\n<\/script>\n/g)];
  for (const [, json] of blocks) expect(json).not.toMatch(/[<>\u2028\u2029]/);
  expect(html.match(/<script[\s>]/gi)).toHaveLength(blocks.length + 2);
  // Code is as it was; only texts are escaped.
  expect(html).toContain('"\\x3c/script>\\x3c!--", 1 <scripts)');
  expect(html.match(/<\/script/gi)).toHaveLength(blocks.length + 2);
}

/** The pieces of one signal, each behind its length, as the OpenTelemetry Collector frames files. */
function framed(pieces: readonly Piece[]): Uint8Array {
  return Buffer.concat(
    pieces.flatMap(({ bytes }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

describe('import, export, import again', () => {
  it('loses nothing and changes nothing, in each format that can be read', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 300 }), async (document, size) => {
        const first = await read(JSON.stringify(document), size);
        expect(first.report.problems).toEqual([]);
        const wanted = recordsOf(first.pieces);
        expect(wanted).toHaveLength(recordsIn(document));
        const source = sourceOf(first.pieces);

        const lines = await read(await textOf(writeJsonLines(source)), size);
        expect(recordsOf(lines.pieces)).toEqual(wanted);
        const json = await textOf(writeOtlpJson(source));
        expect(() => JSON.parse(json)).not.toThrow();
        expect(recordsOf((await read(json, size)).pieces)).toEqual(wanted);

        const html = await textOf(writePage(source, parts));
        expectInert(html);
        const page = await read(html, size);
        expect(page.report.problems).toEqual([]);
        expect(recordsOf(page.pieces)).toEqual(
          wanted.filter((text) => !text.includes('"metrics"')),
        );

        for (const signal of ['traces', 'logs', 'metrics'] as const) {
          const ofSignal = first.pieces.filter((piece) => piece.signal === signal);
          const plain = Buffer.concat(ofSignal.map(({ bytes }) => bytes));
          for (const file of [plain, framed(ofSignal)]) {
            const again = await read(file, size);
            expect(again.report.problems).toEqual([]);
            expect(recordsOf(again.pieces)).toEqual(recordsOf(ofSignal));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('writes an empty session as an empty document', async () => {
    const json = await textOf(writeOtlpJson(sourceOf([])));
    expect(JSON.parse(json)).toEqual({ resourceSpans: [] });
    expect((await read(json)).report).toMatchObject({ spans: 0, rejected: 0 });
  });
});
