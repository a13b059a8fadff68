/** How much of what passes is kept, and in which form. */
import { hidden, keyBegins, keyEnds, type OwnPattern, type RedactionRules } from './redaction.js';
import { type RedactedMessage, redactMessage, redactWords } from './redactMessage.js';

export const contentLevels = ['full', 'redacted', 'keys', 'none'] as const;
/**
 * `full`: as it was. `redacted`: without what looks secret. `keys`: names and shapes, no values.
 * `none`: nothing.
 */
export type ContentLevel = (typeof contentLevels)[number];

export interface KeptText {
  readonly text: string | null;
  readonly truncated: boolean;
}

const nothing: KeptText = { text: null, truncated: false };

const noParts = { argumentsText: null, resultText: null };

export type MessageParts = Pick<RedactedMessage, 'argumentsText' | 'resultText'>;

/** Does `work`, or breaks it off after a while and answers null. */
export type TimeLimit = <T>(work: () => T) => T | null;

/** A pattern that was broken off so often is given up. */
const maxBreaks = 3;

export class ContentPolicy {
  private readonly breaks = new Map<OwnPattern, number>();

  constructor(
    readonly level: ContentLevel,
    private readonly rules: RedactionRules,
    /** Longest text that is kept, in UTF-16 units. */
    private readonly maxLength: number,
    /** Bounds patterns that may run away; the core itself has no clock. */
    private readonly limit: TimeLimit = (work) => work(),
    /** Told of each pattern that was broken off for the first time, and when it is given up. */
    private readonly onSlowPattern: (source: string, givenUp: boolean) => void = () => {},
  ) {}

  /**
   * The text of one JSON-RPC message. `parts` are its arguments and result as they are spelled,
   * where the caller knows them. Null when nothing of it may be kept.
   */
  keepMessage(text: string, parts: MessageParts | null): RedactedMessage | null {
    if (this.level === 'none') return null;
    if (this.level === 'full' || this.isHarmless(text)) return { text, ...(parts ?? noParts) };
    const { level } = this;
    try {
      return this.bounded(() => redactMessage(text, level, this.rules));
    } catch {
      // Nested past all reason: what cannot be looked through is not kept.
      return null;
    }
  }

  private isHarmless(text: string): boolean {
    return this.level === 'redacted' && this.rules.hint !== null && !this.rules.hint.test(text);
  }

  /** What a program printed, and other words of a peer. */
  keepLine(text: string): KeptText {
    if (this.level === 'none' || this.level === 'keys') return nothing;
    const shown = this.keepName(text);
    return shown === null ? nothing : this.cut(shown);
  }

  /** What a call is about, which every level keeps, without its secrets; null: nothing of it. */
  keepName(text: string): string | null {
    if (this.level === 'full' || text === '') return text;
    try {
      return this.bounded(() => redactWords(text, this.rules));
    } catch {
      // Nested past all reason, as in `keepMessage`.
      return null;
    }
  }

  /**
   * Runs rules within the limit. A pattern that does not come to an end hides the strings it would
   * have to be held against: of this text, and of every later one when it happens again and again.
   */
  private bounded<T>(work: () => T): T | null {
    const { own } = this.rules;
    if (own.every(({ quick, givenUp }) => quick || givenUp)) return work();
    const skipped: OwnPattern[] = [];
    try {
      for (let attempt = 0; attempt <= own.length; attempt++) {
        const done = this.limit(work);
        if (done !== null) return done;
        const slow = own.find(({ running }) => running);
        if (!slow) return null;
        slow.running = false;
        slow.givenUp = true;
        skipped.push(slow);
      }
      return null;
    } finally {
      for (const slow of skipped) this.noteSlow(slow);
    }
  }

  private noteSlow(slow: OwnPattern): void {
    const breaks = (this.breaks.get(slow) ?? 0) + 1;
    this.breaks.set(slow, breaks);
    slow.givenUp = breaks >= maxBreaks;
    if (breaks === 1 || slow.givenUp) this.onSlowPattern(slow.regExp.source, slow.givenUp);
  }

  cut(text: string): KeptText {
    return text.length <= this.maxLength
      ? { text, truncated: false }
      : { text: text.slice(0, this.maxLength), truncated: true };
  }
}

/** A private key that never ends hides no more lines than this. */
const maxKeyLines = 500;

/** The lines of one stream: a private key stands across many. */
export class PrintedLines {
  private keyLines = 0;

  constructor(private readonly content: ContentPolicy) {}

  keep(text: string): string {
    const isInside = this.keyLines > 0;
    const ends = keyEnds.test(text);
    if (isInside) this.keyLines = ends || this.keyLines === maxKeyLines ? 0 : this.keyLines + 1;
    else if (!ends && keyBegins.test(text)) this.keyLines = 1;
    if (!isInside || this.content.level === 'full') return this.content.keepLine(text).text ?? '';
    return this.content.level === 'redacted' ? hidden : '';
  }
}
