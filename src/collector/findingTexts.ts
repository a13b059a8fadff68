const texts: Readonly<Record<string, { title: string; advice: string }>> = {
  stdout_pollution: {
    title: 'The server prints to stdout',
    advice:
      'On stdio, stdout carries only protocol messages; anything else breaks strict clients. Print to stderr instead.',
  },
  hooks_refused: {
    title: 'No hook could be loaded into the server',
    advice: 'Calls, messages and outcomes are traced all the same.',
  },
  hook_failed: {
    title: 'A hook of Spanpath failed inside the server',
    advice: 'The server did not notice; what the hook would have told is missing.',
  },
  second_provider: {
    title: 'Two tracer providers in one process',
    advice:
      'Spans of one provider do not reach the exporters of the other. Register one provider, before anything else is imported.',
  },
  dropped_spans: {
    title: 'Spans were dropped before they were sent',
    advice:
      'An emitter could not keep up or could not reach the collector; pictures may have holes.',
  },
};

/** Title and advice of a finding; `said` is what its emitter wrote. */
export function adviceFor(kind: string, said: string): { title: string; advice: string } {
  const known = texts[kind];
  if (!known) return { title: said || kind.replaceAll('_', ' '), advice: '' };
  return said ? { title: known.title, advice: `${said}\n${known.advice}` } : known;
}
