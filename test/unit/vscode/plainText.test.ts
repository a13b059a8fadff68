import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlainText } from '../../../src/vscode/servers/plainText.js';

const esc = '\u001b';

describe('text of a process', () => {
  it.each([
    ['colours', `${esc}[1;31mred${esc}[0m`, 'red'],
    ['links', `${esc}]8;;command:evil${esc}\\click${esc}]8;;${esc}\\`, 'click'],
    ['clipboard writes', `a${esc}]52;c;aGk=\u0007b`, 'ab'],
    ['titles without an end', `a${esc}]0;title`, 'a'],
    ['device strings', `a${esc}Pq#0${esc}\\b`, 'ab'],
    ['eight-bit controls', 'a\u009b31mb\u009d52;c;x\u009cc', 'abc'],
    ['cursor movements', `a${esc}[2J${esc}[H${esc}cb`, 'ab'],
    ['returns', 'a\r\nb\rc', 'a\nb\nc'],
    ['bells and backspaces', 'a\u0007\b', 'a\u2407\u2408'],
  ])('is free of %s', (_, text, plain) => {
    expect(toPlainText(text)).toBe(plain);
  });

  it('keeps tabs, lines and every letter', () => {
    expect(toPlainText('a\tb\nžluťoučký 🐎')).toBe('a\tb\nžluťoučký 🐎');
  });

  it('never carries a control character but tab and line feed', () => {
    const piece = fc.constantFrom(
      esc,
      '[',
      ']',
      '8;;',
      '\u0007',
      '\\',
      '\u009b',
      'm',
      '1',
      'x',
      '\r',
      '\n',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((all) => all.join('')),
        (text) => {
          expect(toPlainText(text)).not.toMatch(/[^\P{Cc}\t\n]/u);
        },
      ),
    );
  });
});
