import type { CollectorOutlets, ForwardTarget } from '../../core/protocol.js';

interface ForwardSetting {
  readonly url?: unknown;
  readonly headers?: unknown;
  readonly encoding?: unknown;
  readonly gzip?: unknown;
}

/** The settings as the collector wants them; what cannot be read is left out and named. */
export function readOutlets(settings: { get(key: string): unknown }): {
  readonly outlets: CollectorOutlets;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const forward: ForwardTarget[] = [];
  const given = settings.get('forward');
  for (const target of Array.isArray(given) ? (given as ForwardSetting[]) : []) {
    const url = typeof target.url === 'string' ? target.url : '';
    if (!/^https?:\/\/[^/]/i.test(url)) {
      problems.push(`spanpath.forward: “${url}” is not an http or https address`);
      continue;
    }
    forward.push({
      url,
      headers: textsOf(target.headers),
      encoding: target.encoding === 'json' ? 'json' : 'protobuf',
      gzip: target.gzip !== false,
    });
  }
  return {
    outlets: {
      httpPort: portOf(settings.get('receiver.httpPort')),
      grpcPort: portOf(settings.get('receiver.grpcPort')),
      forward,
    },
    problems,
  };
}

export function wantsOutlets({ httpPort, grpcPort, forward }: CollectorOutlets): boolean {
  return httpPort !== null || grpcPort !== null || forward.length > 0;
}

function portOf(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value < 65_536 ? value : null;
}

function textsOf(value: unknown): Record<string, string> {
  const pairs = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(pairs.filter((pair) => typeof pair[1] === 'string'));
}
