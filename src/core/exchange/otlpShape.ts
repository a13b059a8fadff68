import type { Signal } from '../otlp/schema.js';
import type { Shape } from './jsonShape.js';

/**
 * The members of OTLP's JSON encoding, also in the original field names that some writers keep,
 * and as files from before 2022 call the scope. Names that are told and taken carry their signal.
 */
function groupsOf(signal: Signal['path'], scoped: readonly string[], records: string): Shape {
  const scopedGroup: Shape = {
    tell: `${signal}/scoped`,
    members: {
      scope: { take: `${signal}/scope` },
      instrumentationLibrary: { take: `${signal}/scope` },
      instrumentation_library: { take: `${signal}/scope` },
      ...both(records, { elements: { take: `${signal}/record` } }),
      ...both('schemaUrl', { take: `${signal}/scopedSchema` }),
    },
  };
  return {
    tellList: 'list',
    elements: {
      tell: `${signal}/group`,
      members: {
        resource: { take: `${signal}/resource` },
        ...Object.assign({}, ...scoped.map((name) => both(name, { elements: scopedGroup }))),
        ...both('schemaUrl', { take: `${signal}/groupSchema` }),
      },
    },
  };
}

function both(name: string, shape: Shape): Record<string, Shape> {
  const original = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { [name]: shape, [original]: shape };
}

/** Any document that is understood: OTLP of the three signals, Jaeger's API and UI, a list of them. */
export function documentShape(): Shape {
  const jaegerMembers: Record<string, Shape> = {
    processes: { take: 'jaeger/processes' },
    spans: { tellList: 'list', elements: { take: 'jaeger/span' } },
  };
  const root: Shape = {
    tell: 'document',
    members: {
      ...both(
        'resourceSpans',
        groupsOf('traces', ['scopeSpans', 'instrumentationLibrarySpans'], 'spans'),
      ),
      ...both(
        'resourceLogs',
        groupsOf('logs', ['scopeLogs', 'instrumentationLibraryLogs'], 'logRecords'),
      ),
      ...both(
        'resourceMetrics',
        groupsOf('metrics', ['scopeMetrics', 'instrumentationLibraryMetrics'], 'metrics'),
      ),
      data: { tellList: 'list', elements: { tell: 'jaeger/trace', members: jaegerMembers } },
      ...jaegerMembers,
    },
  };
  root.elements = root;
  return root;
}
