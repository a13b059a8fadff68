/**
 * Text of a process made safe to show: escape sequences (colours, OSC 8 links, OSC 52 clipboard
 * writes, titles) are dropped whole, other control characters become visible, line ends are `\n`.
 */
export function toPlainText(text: string): string {
  return text
    .replace(sequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(controls, (character) =>
      character === '\u007f'
        ? '\u2421'
        : String.fromCharCode(0x2400 + (character.charCodeAt(0) & 0x1f)),
    );
}

const sequences = new RegExp(
  [
    // OSC, DCS, SOS, PM, APC: up to ST or BEL, or to the end of what is there.
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[\\s\\S]*?(?:\\u0007|\\u001b\\\\|\\u009c|$)',
    // CSI
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
    // Two-character sequences
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);
/** Control characters but tab and line feed. */
const controls = /[^\P{Cc}\t\n]/gu;
