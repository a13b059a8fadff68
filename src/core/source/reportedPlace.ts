import { attr, legacyAttr, own } from '../mcp/conventions.js';
import type { ReportedPlace } from '../protocol.js';
import type { Attributes, AttributeValue } from '../trace/model.js';

/** `code.*` of a span or log as a place, current names before deprecated ones; null without a file. */
export function readReportedPlace(
  attributes: Attributes,
  from: Pick<ReportedPlace, 'cwd' | 'emitter' | 'timeNanos'>,
): ReportedPlace | null {
  const file = readText(attributes, attr.codeFilePath, legacyAttr.codeFilePath);
  if (file === '') return null;
  return {
    ...from,
    file,
    line: readCount(attributes, attr.codeLine, legacyAttr.codeLine),
    column: readCount(attributes, attr.codeColumn, legacyAttr.codeColumn),
    functionName: readText(attributes, attr.codeFunction, legacyAttr.codeFunction),
    isDispatch: attributes[own.handlerDispatch] === true,
    text: readText(attributes, own.handlerText, own.handlerText),
  };
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
