import type { Message, Signal } from '../otlp/schema.js';
import { signals } from '../otlp/schema.js';
import { WireWriter } from '../otlp/wireWriter.js';
import { writeMessage } from '../otlp/writeMessage.js';
import type { Piece } from './piece.js';

/** A piece is given out when it holds this much. */
const pieceBytes = 1024 * 1024;
const pieceRecords = 4_096;
/** Records wait for the resource that is written behind them, but not for ever. */
const maxHeldBytes = 256 * 1024 * 1024;

/**
 * Gathers records under their resource and scope into pieces of bounded size. A group larger than
 * a piece is split, and its resource and scope are repeated; a schema URL, which files name behind
 * the records, then stands on the last part only.
 */
export class PieceBuilder {
  private readonly request = new WireWriter();
  private requestRecords = 0;
  /** Encoded members of the open scope group, and how many records they are. */
  private readonly records = new WireWriter();
  private held = 0;
  private resource: Uint8Array | null = null;
  private groupSchema = '';
  private scope: Uint8Array | null = null;
  private scopedSchema = '';
  /** Scope groups that closed before their resource was known. */
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private waitingRecords = 0;
  private readonly groupMessage: Message;

  constructor(
    private readonly signal: Signal['path'],
    private readonly emit: (piece: Piece) => void,
  ) {
    this.groupMessage = signals[signal].request.byNumber[1]!.type as Message;
  }

  openGroup(): void {
    this.resource = null;
    this.groupSchema = '';
  }

  /** `value` in the shape of OTLP JSON. @throws WireError when it is not one. */
  setResource(value: unknown): void {
    this.resource = this.encode(this.groupMessage.byNumber[1]!.type as Message, value);
  }

  setGroupSchema(url: string): void {
    this.groupSchema = url;
  }

  openScoped(): void {
    this.scope = null;
    this.scopedSchema = '';
  }

  /** @throws WireError when it is not a scope. */
  setScope(value: unknown): void {
    this.scope = this.encode(signals[this.signal].scoped.byNumber[1]!.type as Message, value);
  }

  setScopedSchema(url: string): void {
    this.scopedSchema = url;
  }

  /** A span, log record or metric. @throws WireError when a field is of a wrong type. */
  addRecord(value: unknown): void {
    const { records } = this;
    const before = records.at;
    try {
      records.tag(2, 2);
      const mark = records.open();
      writeMessage(signals[this.signal].record, value, records, { count: 0, firstReason: null });
      records.close(mark);
    } catch (error) {
      records.at = before;
      throw error;
    }
    this.held++;
    this.splitWhenLarge();
  }

  /** The same for a record that is encoded already. */
  addEncoded(bytes: Uint8Array): void {
    this.records.tag(2, 2);
    this.records.lengthDelimited(bytes);
    this.held++;
    this.splitWhenLarge();
  }

  setEncodedResource(bytes: Uint8Array | null): void {
    this.resource = bytes;
  }

  setEncodedScope(bytes: Uint8Array | null): void {
    this.scope = bytes;
  }

  closeScoped(): void {
    this.putScoped();
    const limit = this.resource ? pieceBytes : maxHeldBytes;
    if (this.waitingBytes >= limit) this.putGroup();
  }

  closeGroup(): void {
    this.putGroup();
  }

  /** Gives out what is left. */
  finish(): void {
    if (this.requestRecords === 0) return;
    this.emit({
      signal: this.signal,
      bytes: this.request.finish(),
      records: this.requestRecords,
    });
    this.request.at = 0;
    this.requestRecords = 0;
  }

  private encode(message: Message, value: unknown): Uint8Array {
    const writer = new WireWriter(256);
    writeMessage(message, value, writer, { count: 0, firstReason: null });
    return writer.finish();
  }

  private splitWhenLarge(): void {
    const isKnown = this.resource !== null && this.scope !== null;
    const limit = isKnown ? pieceBytes : maxHeldBytes;
    if (this.records.at < limit && !(isKnown && this.held >= pieceRecords)) return;
    this.putScoped();
    this.putGroup();
  }

  private putScoped(): void {
    if (this.held === 0) return;
    const scoped = new WireWriter(this.records.at + 512);
    if (this.scope) {
      scoped.tag(1, 2);
      scoped.lengthDelimited(this.scope);
    }
    scoped.raw(this.records.peek());
    if (this.scopedSchema !== '') {
      scoped.tag(3, 2);
      scoped.text(this.scopedSchema);
    }
    const bytes = scoped.peek();
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.waitingRecords += this.held;
    this.held = 0;
    this.records.at = 0;
  }

  private putGroup(): void {
    if (this.waitingRecords === 0) return;
    const { request } = this;
    request.tag(1, 2);
    const mark = request.open();
    if (this.resource) {
      request.tag(1, 2);
      request.lengthDelimited(this.resource);
    }
    for (const scoped of this.waiting) {
      request.tag(2, 2);
      request.lengthDelimited(scoped);
    }
    if (this.groupSchema !== '') {
      request.tag(3, 2);
      request.text(this.groupSchema);
    }
    request.close(mark);
    this.requestRecords += this.waitingRecords;
    this.waiting = [];
    this.waitingBytes = 0;
    this.waitingRecords = 0;
    if (request.at >= pieceBytes || this.requestRecords >= pieceRecords) this.finish();
  }
}
