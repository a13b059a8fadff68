/** What a kind of finding is called, and what to do about it. */
export interface FindingText {
  readonly title: string;
  readonly advice: string;
}

const texts: Readonly<Record<string, FindingText>> = {
  stdout_pollution: {
    title: 'The server prints to stdout',
    advice:
      'On stdio, stdout carries protocol messages only; strict clients break on anything else. Print to stderr instead (console.error, print(..., file=sys.stderr), a logger).',
  },
  client_pollution: {
    title: 'The client sends lines that are not JSON-RPC',
    advice: 'The server may refuse them or stop. Look at what else writes to its stdin.',
  },
  orphan_answer: {
    title: 'An answer to a question that nobody asked',
    advice:
      'The server answered with an id that no open request has: a double answer, or one after its request was cancelled.',
  },
  duplicate_id: {
    title: 'A request with an id that is still in use',
    advice: 'Answers can no longer be told apart. Every open request of one side needs its own id.',
  },
  malformed_traceparent: {
    title: 'A trace context that is not one',
    advice:
      'params._meta.traceparent must look as 00-<32 hex>-<16 hex>-<2 hex> (W3C Trace Context). The call was traced under a new one.',
  },
  server_exit: {
    title: 'The server ended while calls were running',
    advice: 'Its last lines on stderr, at the calls that were abandoned, mostly say why.',
  },
  telemetry_dropped: {
    title: 'Telemetry was lost',
    advice: 'An emitter could not keep up or could not reach the collector; pictures have holes.',
  },
  hooks_refused: {
    title: 'No hook could be loaded into the server',
    advice:
      'How the server is started leaves no way for it. Handlers are found by reading source instead.',
  },
  slow_redaction: {
    title: 'A redaction pattern takes too long',
    advice:
      'What it would have to look at is hidden instead. Write it without repetition inside repetition, such as (a+)+, and without two repetitions of the same characters behind each other.',
  },
  hook_failed: {
    title: 'A hook failed inside the server',
    advice: 'The server did not notice. Handlers are found by reading source instead.',
  },
  http_violation: {
    title: 'An HTTP exchange that the protocol does not allow',
    advice: 'See the Streamable HTTP transport in the MCP specification.',
  },
  broken_propagation: {
    title: 'Wire and server spans of this server do not join',
    advice:
      'The server starts traces of its own. It should continue the traceparent of params._meta (SEP-414).',
  },
  parent_elsewhere: {
    title: 'The caller of these calls is exported elsewhere, or not at all',
    advice:
      'Calls continue a trace whose outer spans never came here. To see them, let the client (the agent, the editor) export to Spanpath too.',
  },
  missing_instrumentation: {
    title: 'The server reports no spans of its own',
    advice:
      'No hook reported from inside it: hooks are off, or the server is bundled into one file, runs in a container, under Deno or Bun, or in a language that has none. Handlers are found by reading source. To see what they do, start the unbundled source on Node.js or Python with hooks on, or add OpenTelemetry to the server: its variables are set already.',
  },
  second_provider: {
    title: 'Two tracer providers in one process',
    advice:
      'Spans of one provider do not reach the exporters of the other, and parents get lost between them. Register one, before anything else is imported.',
  },
  clock_skew: {
    title: 'The clock of this server differs',
    advice:
      'Its spans stuck out of the calls that caused them, and were moved into their middle. Times as reported can be switched on in the view.',
  },
  parent_cycle: {
    title: 'Spans that are their own ancestors',
    advice: 'The circle was opened at its earliest span. The emitter sets parent ids wrongly.',
  },
  rejected_records: {
    title: 'Records were rejected',
    advice:
      'They break OpenTelemetry’s rules, so that they could not be stored; the rest was kept.',
  },
};

export function textFor(kind: string): FindingText {
  return texts[kind] ?? { title: kind.replaceAll('_', ' '), advice: '' };
}
