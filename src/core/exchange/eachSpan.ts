import { decodeResource, decodeScope, decodeSpan } from '../otlp/reviveSpan.js';
import type { Attributes, Scope, Span } from '../trace/model.js';
import type { Piece } from './piece.js';
import { eachField } from './readProtobuf.js';

/** Decodes the spans of a piece of traces, one after the other. */
export function* eachSpan(piece: Piece): Generator<Span, void, void> {
  const { bytes } = piece;
  const groups: (readonly [number, number])[] = [];
  eachField(bytes, 0, bytes.length, (field, from, to) => {
    if (field === 1) groups.push([from, to]);
  });
  for (const [groupFrom, groupTo] of groups) {
    let resource: Attributes = {};
    const scopes: (readonly [number, number])[] = [];
    eachField(bytes, groupFrom, groupTo, (field, from, to) => {
      if (field === 1) resource = decodeResource(bytes.subarray(from, to));
      else if (field === 2) scopes.push([from, to]);
    });
    for (const [scopeFrom, scopeTo] of scopes) {
      let scope: Scope = { name: '', version: '' };
      const spans: Uint8Array[] = [];
      eachField(bytes, scopeFrom, scopeTo, (field, from, to) => {
        if (field === 1) scope = decodeScope(bytes.subarray(from, to));
        else if (field === 2) spans.push(bytes.subarray(from, to));
      });
      for (const span of spans) yield decodeSpan(span, resource, scope);
    }
  }
}
