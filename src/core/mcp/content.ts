/** How much of what passes is kept, and in which form. */
import { type RedactionRules, redactText } from './redaction.js';
import { type RedactedMessage, redactMessage } from './redactMessage.js';

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

export class ContentPolicy {
  constructor(
    readonly level: ContentLevel,
    private readonly rules: RedactionRules,
    /** Longest text that is kept, in UTF-16 units. */
    private readonly maxLength: number,
  ) {}

  /**
   * The text of one JSON-RPC message. `parts` are its arguments and result as they are spelled,
   * where the caller knows them. Null when nothing of it may be kept.
   */
  keepMessage(text: string, parts: MessageParts | null): RedactedMessage | null {
    if (this.level === 'none') return null;
    if (this.level === 'full' || this.isHarmless(text)) return { text, ...(parts ?? noParts) };
    try {
      return redactMessage(text, this.level, this.rules);
    } catch {
      // Nested past all reason: what cannot be looked through is not kept.
      return null;
    }
  }

  private isHarmless(text: string): boolean {
    return this.level === 'redacted' && this.rules.hint !== null && !this.rules.hint.test(text);
  }

  /** What a program printed. */
  keepLine(text: string): KeptText {
    if (this.level === 'none' || this.level === 'keys') return nothing;
    return this.cut(this.level === 'full' ? text : redactText(text, this.rules));
  }

  cut(text: string): KeptText {
    return text.length <= this.maxLength
      ? { text, truncated: false }
      : { text: text.slice(0, this.maxLength), truncated: true };
  }
}
