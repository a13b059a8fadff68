import { attr, legacyAttr, own } from '../mcp/conventions.js';
import type { ReportedPlace } from '../protocol.js';
import type { Attributes, AttributeValue } from '../trace/model.js';

/** `code.*` of a span or log as a place, current names before deprecated ones; null without a file. */
export function readReportedPlace(
  attributes: Attributes,
  from: Pick<ReportedPlace, 'cwd' | 'emitter' | 'timeNanos'>,
): ReportedPlace | null {
  const named = readText(attributes, attr.codeFunction, legacyAttr.codeFunction);
  const namespace = attributes[legacyAttr.codeNamespace];
  // Formerly the class stood apart from its method.
  const isApart = typeof namespace === 'string' && namespace !== '' && !named.includes('.');
  const functionName = isApart && named !== '' ? `${namespace}.${named}` : named;
  const file =
    readText(attributes, attr.codeFilePath, legacyAttr.codeFilePath) || fileOfMethod(functionName);
  if (file === '') return null;
  return {
    ...from,
    file,
    line: readCount(attributes, attr.codeLine, legacyAttr.codeLine),
    column: readCount(attributes, attr.codeColumn, legacyAttr.codeColumn),
    functionName,
    isDispatch: attributes[own.handlerDispatch] === true,
    text: readText(attributes, own.handlerText, own.handlerText),
  };
}

/**
 * Java names a method by its class alone: `com.example.Tools.echo` stands in `com/example/Tools.java`
 * (or in `Tools.kt`, which is looked for too). '' for other names.
 */
function fileOfMethod(functionName: string): string {
  const found = /^((?:[a-z_]\w*\.)+[A-Z]\w*)(?:\$[\w$]+)?\.[\w$<>]+$/.exec(functionName);
  return found ? `${found[1]?.replaceAll('.', '/')}.java` : '';
}

function readEither(
  attributes: Attributes,
  key: string,
  legacyKey: string,
): AttributeValue | undefined {
  if (Object.hasOwn(attributes, key)) return attributes[key];
  return Object.hasOwn(attributes, legacyKey) ? attributes[legacyKey] : undefined;
}

function readText(attributes: Attributes, key: string, legacyKey: string): string {
  const value = readEither(attributes, key, legacyKey);
  return typeof value === 'string' ? value : '';
}

/** An int64 may come as a decimal string. */
function readCount(attributes: Attributes, key: string, legacyKey: string): number {
  const value = Number(readEither(attributes, key, legacyKey) ?? 0);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}
