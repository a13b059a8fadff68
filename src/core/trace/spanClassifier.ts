import { scopes } from '../mcp/conventions.js';
import { type FactKey, factKeys } from '../otlp/factKeys.js';
import type { Interner } from '../otlp/interner.js';
import type { TraceBatch } from '../otlp/traceBatch.js';
import { classify, tellingFacts } from './classify.js';
import { layers, outcomes } from './model.js';
import { noOutcome, type SpanColumns } from './spanColumns.js';

const factPlace = new Map(factKeys.map((key, index) => [key, index]));
const internalLayer = layers.indexOf('internal');
const factCount = factKeys.length;

/** Sets layer, method, target and outcome of slots, asking `classify` only where there is a sign. */
export class SpanClassifier {
  readonly internalLayer = internalLayer;
  /** Set by the receiver for each group: the scope's name. */
  scopeName = '';
  /** By name: 0 not looked at, 1 says nothing, 2 may say something. */
  private tellingNames = new Uint8Array(1024);

  constructor(private readonly names: Interner) {}

  apply(columns: SpanColumns, slot: number, batch: TraceBatch, row: number): void {
    if (!this.tells(batch, row)) {
      columns.layer[slot] = internalLayer;
      columns.method[slot] = 0;
      columns.target[slot] = 0;
      columns.outcome[slot] = noOutcome;
      return;
    }
    const { names } = this;
    const base = row * factCount;
    const { layer, method, target, outcome } = classify({
      name: names.text(batch.names[row]!),
      scope: this.scopeName,
      kind: batch.kinds[row]!,
      status: batch.statuses[row]!,
      fact: (key: FactKey) => {
        const id = batch.facts[base + factPlace.get(key)!]!;
        return id === 0 ? '' : names.text(id);
      },
    });
    columns.layer[slot] = layers.indexOf(layer);
    columns.method[slot] = names.idOfText(method);
    columns.target[slot] = names.idOfText(target);
    columns.outcome[slot] = outcome === null ? noOutcome : outcomes.indexOf(outcome);
  }

  applyLive(
    columns: SpanColumns,
    slot: number,
    live: { readonly method: string; readonly target: string },
  ): void {
    columns.layer[slot] = layers.indexOf('wire');
    columns.method[slot] = this.names.idOfText(live.method);
    columns.target[slot] = this.names.idOfText(live.target);
    columns.outcome[slot] = noOutcome;
  }

  private tells(batch: TraceBatch, row: number): boolean {
    const base = row * factCount;
    for (const fact of tellingFacts) if (batch.facts[base + fact] !== 0) return true;
    return this.nameTells(batch.names[row]!);
  }

  private nameTells(name: number): boolean {
    if (name >= this.tellingNames.length) {
      const larger = new Uint8Array(Math.max(this.tellingNames.length * 2, name + 1));
      larger.set(this.tellingNames);
      this.tellingNames = larger;
    }
    if (this.tellingNames[name] === 0) {
      const text = this.names.text(name);
      const telling =
        /mcp|^(?:invoke_agent|execute_tool|invoke_workflow|chat) /i.test(text) ||
        this.scopeName === scopes.shim;
      this.tellingNames[name] = telling ? 2 : 1;
    }
    return this.tellingNames[name] === 2;
  }
}
