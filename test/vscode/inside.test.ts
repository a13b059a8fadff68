import { describe, expect, it } from 'vitest';
import type { SpanRow } from '../../src/core/protocol.js';
import { eventually, repeat } from './rig/eventually.js';
import { lineAfter, lineOf } from './rig/places.js';
import { useSession } from './rig/useSession.js';
import { copySamples, hasPython } from './rig/workspace.js';

const python = hasPython();
const open = useSession(() => ({ workspace: copySamples() }));

interface Case {
  readonly server: string;
  readonly file: string;
  /** A tool that makes two HTTP requests, and where its handler begins. */
  readonly requests: { tool: string; from: string; at: string; paths: [string, string] };
  /** A tool that starts a process. */
  readonly subprocess: string;
  /** A tool that throws, and the line that does. */
  readonly throws: { tool: string; type: string; at: string };
  /** A tool that prints to stdout, and the line that does. */
  readonly prints: { tool: string; text: string; at: string } | null;
}

const cases: readonly Case[] = [
  {
    server: 'tickets',
    file: 'tickets/server.ts',
    requests: {
      tool: 'find_seats',
      from: "'find_seats'",
      at: 'async ({ show })',
      paths: ['/seats/Hamlet', '/prices/Hamlet'],
    },
    subprocess: 'print_ticket',
    throws: { tool: 'refund', type: 'RangeError', at: 'throw new RangeError' },
    prints: { tool: 'announce', text: 'ANNOUNCEMENT', at: 'console.log(`ANNOUNCEMENT' },
  },
  {
    server: 'inventory',
    file: 'inventory/server.py',
    requests: {
      tool: 'count_items',
      from: 'def count_items',
      at: 'def count_items',
      paths: ['/shelf/north', '/reserved/north'],
    },
    subprocess: 'print_label',
    throws: { tool: 'move_item', type: 'LookupError', at: 'raise LookupError' },
    // The mcp package keeps what its tools print away from the protocol.
    prints: null,
  },
];

async function isEditorAt(file: string, line: number): Promise<boolean> {
  const editor = await open().probe.activeEditor();
  return editor?.file === file && editor.line === line;
}

async function callTool(tool: string): Promise<void> {
  const { servers, form } = open();
  await servers.reveal(tool);
  await form.openFrom(servers.row(tool), tool);
  await form.press('Call');
  await form.resultText();
}

/** The rows of the newest call once all of it is there: what is inside comes in any order. */
function rowsOf(tool: string, complete: (rows: readonly SpanRow[]) => boolean) {
  const { probe } = open();
  return eventually(`the rows of ${tool}`, async () => {
    const { rows } = await probe.rows({ query: `tool:${tool}` });
    const from = rows.findLastIndex(({ name, layer }) => name === tool && layer === 'wire');
    const own = rows.slice(from);
    return from >= 0 && own[0]?.outcome !== null && complete(own) && own;
  });
}

describe.each(cases.filter(({ server }) => python || server !== 'inventory'))(
  '$server, without telemetry in its code',
  (about) => {
    const isNamed = (part: string) => (row: SpanRow) => `${row.name} ${row.detail}`.includes(part);

    it('shows wire, server, handler and HTTP requests in one tree', async () => {
      const { servers } = open();
      await servers.open();
      await servers.start(about.server);
      const { tool, paths } = about.requests;
      await callTool(tool);
      const isInside = (part: string) => (row: SpanRow) => isNamed(part)(row) && row.depth > 1;
      const rows = await rowsOf(
        tool,
        (some) =>
          paths.every((path) => some.some(isInside(path))) &&
          some.some(({ layer, depth }) => layer === 'mcp-server' && depth === 1),
      );
      const [wire] = rows;
      expect(wire).toMatchObject({ depth: 0, layer: 'wire', outcome: 'ok' });
      expect(new Set(rows.map(({ traceId }) => traceId)).size).toBe(1);
      for (const path of paths) {
        expect(rows.find(isNamed(path))?.duration).toBeGreaterThan(25e6);
      }
    });

    it('opens the handler at its function', async () => {
      const { form, traces, workspace } = open();
      await form.showInTrace();
      const file = workspace.path(about.file);
      const line = lineAfter(file, about.requests.from, about.requests.at);
      await traces.openHandler(about.requests.tool, () => isEditorAt(file, line));
    });

    it('shows a subprocess below the handler', async () => {
      await callTool(about.subprocess);
      await rowsOf(about.subprocess, (some) =>
        some.some((row) => row.depth > 1 && /node|python/.test(row.name + row.detail)),
      );
    });

    it('leads from a thrown exception to the line that threw', async () => {
      const { form, traces, probe, workspace } = open();
      const { tool, type, at } = about.throws;
      await callTool(tool);
      const [row] = await rowsOf(tool, () => true);
      expect(row).toMatchObject({ outcome: 'tool_error' });
      const details = await eventually('the exception', async () => {
        const found = row && (await probe.details(row));
        return found?.exception && found;
      });
      expect(details.exception?.type).toContain(type);
      await form.showInTrace();
      await traces.select(tool);
      const file = workspace.path(about.file);
      const line = lineOf(file, at);
      await repeat(
        'the line that threw',
        async () => {
          await traces.openTab('Error');
          await traces.openFrame(about.file.split('/')[1] ?? '', line);
        },
        () => isEditorAt(file, line),
      );
    });

    it.skipIf(!about.prints)('names the line that prints to stdout', async () => {
      const { probe } = open();
      const { tool, text, at } = about.prints ?? { tool: '', text: '', at: '' };
      await callTool(tool);
      const { workspace } = open();
      const place = `${about.file.split('/')[1]}:${lineOf(workspace.path(about.file), at)}`;
      // What was printed comes from the shim, its place from inside the server.
      const finding = await eventually(`the finding with ${place}`, async () => {
        const findings = await probe.findings();
        return findings.find((one) => {
          const told = JSON.stringify(one);
          return told.includes(text) && told.includes(place);
        });
      });
      expect(finding.server).toBe(about.server);
    });
  },
);
