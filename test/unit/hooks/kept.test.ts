import { describe, expect, it } from 'vitest';
import { Kept } from '../../../src/hooks/node/kept.js';

describe('what the hook keeps', () => {
  const redacted = new Kept('redacted', '');
  const none = new Kept('none', '');

  it('hides secrets in words, names and attributes, and leaves the rest', () => {
    expect(redacted.words('token=abc is wrong')).toBe('token=[redacted] is wrong');
    expect(redacted.name('users://sk-abcdefghijklmnopqrst/1')).toBe('users://[redacted]/1');
    expect(redacted.attribute('db.password', 'x')).toBe('[redacted]');
    expect(redacted.attribute('db.query.text', 'select 1')).toBe('select 1');
    expect(redacted.attribute('tags', ['a', 'Bearer abcdefghijkl'])).toEqual(['a', '[redacted]']);
    expect(redacted.attribute('nested', { secret: 'x', count: 2 })).toEqual({
      secret: '[redacted]',
      count: 2,
    });
  });

  it('leaves places in code as they are, also of files that are called like secrets', () => {
    const stack = 'Error: password=x\n    at f (/w/token.js:3:4)\n    at /w/secret:5:6';
    expect(redacted.attribute('exception.stacktrace', stack)).toBe(
      'Error: password=[redacted]\n    at f (/w/token.js:3:4)\n    at /w/secret:5:6',
    );
    expect(none.attribute('exception.stacktrace', stack)).toBe(
      '\n    at f (/w/token.js:3:4)\n    at /w/secret:5:6',
    );
    expect(none.attribute('code.file.path', '/w/token.js')).toBe('/w/token.js');
  });

  it('keeps no words without content, but what a call is about', () => {
    expect(none.words('anything')).toBe('');
    expect(none.attribute('customer', 'Ada')).toBe('[redacted]');
    expect(none.attribute('rows', 7)).toBe(7);
    expect(none.name('get_weather')).toBe('get_weather');
    expect(none.attribute('url.full', 'http://h/a?q=…')).toBe('http://h/a');
    expect(new Kept('full', '').words('token=abc')).toBe('token=abc');
  });

  // A machine that stands still for a quarter of a second gives any rule up.
  it('hides by the rules of the user, and all text before a rule that never ends', {
    retry: 2,
  }, () => {
    const kept = new Kept('redacted', 'pin,/emp-\\d+/,/^(a+)+$/');
    expect(kept.words('pin: 1234 of emp-77')).toBe('pin: [redacted] of [redacted]');
    expect(kept.words(`${'a'.repeat(40)}b`)).toBe('[redacted]');
    expect(kept.words('still here')).toBe('still here');
    for (let times = 0; times < 2; times++) kept.words(`${'a'.repeat(40)}b`);
    // Given up: nothing waits for it any more, and nothing gets past it.
    expect(kept.words('still here')).toBe('[redacted]');
  });
});
