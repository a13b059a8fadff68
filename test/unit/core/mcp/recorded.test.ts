import { describe, expect, it } from 'vitest';
import { ContentPolicy } from '../../../../src/core/mcp/content.js';
import { Conversation } from '../../../../src/core/mcp/conversation.js';
import { defaultPayloadRules } from '../../../../src/core/mcp/outcomes.js';
import { PendingInput } from '../../../../src/core/mcp/pendingInput.js';
import { parseRedaction } from '../../../../src/core/mcp/redaction.js';
import type { LogRecord, Span } from '../../../../src/core/trace/model.js';
import {
  expected,
  inWords,
  type Recorded,
  readRecorded,
} from '../../../shim/conversations/recorded.js';

const recorded = readRecorded();
const encoder = new TextEncoder();

function follow({ entries }: Recorded) {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const conversation = new Conversation(
    {
      resource: { 'spanpath.server.name': 'recorded' },
      version: '0',
      attributes: {},
      content: new ContentPolicy('redacted', parseRedaction(''), 262_144),
      payloadRules: defaultPayloadRules,
      injects: false,
      pendingInput: new PendingInput(),
    },
    {
      onDidStart: () => {},
      onDidHappen: () => {},
      onDidEnd: (span) => spans.push(span),
      onDidLog: (log) => logs.push(log),
    },
  );
  for (const { ms, from, line } of entries) {
    const bytes = encoder.encode(line);
    conversation.receive(
      from === 'client' ? 'client-to-server' : 'server-to-client',
      { bytes, length: bytes.length, tail: new Uint8Array(0), terminated: true },
      BigInt(Math.round(ms * 1e6)),
    );
  }
  return { spans, logs };
}

const named = (name: string) => {
  const one = recorded.find((candidate) => candidate.name === name);
  if (!one) throw new Error(`${name} is not recorded`);
  return follow(one);
};

describe('a recorded conversation', () => {
  it('is there for each revision of the protocol', () => {
    expect([...new Set(recorded.map(({ about }) => about.revision))]).toEqual([
      '2024-11-05',
      '2025-03-26',
      '2025-06-18',
      '2025-11-25',
      '2026-07-28',
    ]);
    for (const { about } of recorded) if (!about.recorded) expect(about.why).toBeTruthy();
  });

  it.each(recorded.map((one) => [one.name, one] as const))('%s is understood', (name, one) => {
    const { spans, logs } = follow(one);
    expect(spans.map(inWords)).toEqual(expected[name]);
    const findings = logs.flatMap((log) => log.attributes['spanpath.finding.kind'] ?? []);
    expect(findings).toEqual([]);
  });

  it('has what the server asks below the call it works on', () => {
    const [, sampling, ask] = named('2024-11-05/sampling').spans;
    expect(sampling?.parentSpanId).toBe(ask?.spanId);
    expect(sampling?.traceId).toBe(ask?.traceId);
  });

  it.each(['2025-11-25/tasks', '2026-07-28/tasks'])(
    'links the requests of a task to the call that began it: %s',
    (name) => {
      const { spans } = named(name);
      const origin = spans.find((span) => span.name.startsWith('tools/call'));
      const later = spans.filter((span) => /^tasks\/(?!list)/.test(span.name));
      expect(later.length).toBeGreaterThan(1);
      for (const { links } of later)
        expect(links.map((link) => link.spanId)).toEqual([origin?.spanId]);
    },
  );

  it('knows the revision that was agreed, and the one of each request without a handshake', () => {
    for (const one of recorded) {
      for (const { name, attributes } of follow(one).spans) {
        if (name === 'server/discover') continue;
        expect(attributes['mcp.protocol.version'], `${one.name} ${name}`).toBe(one.about.revision);
      }
    }
  });

  it('keeps why a call was cancelled', () => {
    const hang = named('2024-11-05/calls').spans.find((span) => span.name === 'tools/call hang');
    expect(hang?.status.message).toContain('enough');
  });
});
