/** The environment of the server: the shim's own, plus where its telemetry may go. */
import type { Target } from './discovery.js';

type Environment = Record<string, string | undefined>;

/**
 * Signal-specific variables only, since some hosts switch their own telemetry on when they see
 * the general ones, and only for signals that the user did not set up.
 */
export function childEnvironment(
  own: Readonly<Environment>,
  target: Target | null,
  serverName: string,
  cwd: string,
): Environment {
  const env: Environment = { ...own };
  // The extension runs the shim with Electron as Node; a server that is Electron must not inherit that.
  if (env.SPANPATH_ELECTRON !== undefined) {
    delete env.SPANPATH_ELECTRON;
    delete env.ELECTRON_RUN_AS_NODE;
  }
  // Addressed to this shim; one that the server starts finds its own way.
  for (const own of ['ENDPOINT', 'TOKEN', 'SERVER']) delete env[`SPANPATH_${own}`];
  if (!target) return env;
  const general = env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
  for (const signal of ['TRACES', 'LOGS', 'METRICS']) {
    const prefix = `OTEL_EXPORTER_OTLP_${signal}`;
    if (general || env[`${prefix}_ENDPOINT`] !== undefined) continue;
    env[`${prefix}_ENDPOINT`] = `${target.endpoint}/v1/${signal.toLowerCase()}`;
    env[`${prefix}_PROTOCOL`] = 'http/protobuf';
    if (target.token !== null) {
      env[`${prefix}_HEADERS`] = `authorization=${encodeURIComponent(`Bearer ${target.token}`)}`;
    }
  }
  // Joins the server's own telemetry to its configured name without touching `service.name`.
  const mark = `spanpath.server.name=${encodeURIComponent(serverName)},spanpath.server.cwd=${encodeURIComponent(cwd)}`;
  env.OTEL_RESOURCE_ATTRIBUTES = env.OTEL_RESOURCE_ATTRIBUTES
    ? `${env.OTEL_RESOURCE_ATTRIBUTES},${mark}`
    : mark;
  return env;
}
