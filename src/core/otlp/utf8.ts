/** Whether every byte of a range is below 0x80. */
export function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let seen = 0;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    seen |= bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!;
  }
  for (; at < to; at++) seen |= bytes[at]!;
  return seen < 0x80;
}

/** Whether a range is well-formed UTF-8 (no overlong forms, surrogates or code points past U+10FFFF). */
export function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      at++;
      continue;
    }
    let extra: number;
    let low = 0x80;
    let high = 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) extra = 1;
    else if (byte >= 0xe0 && byte <= 0xef) {
      extra = 2;
      if (byte === 0xe0) low = 0xa0;
      if (byte === 0xed) high = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      extra = 3;
      if (byte === 0xf0) low = 0x90;
      if (byte === 0xf4) high = 0x8f;
    } else return false;
    if (at + extra >= to) return false;
    const second = bytes[at + 1]!;
    if (second < low || second > high) return false;
    for (let next = 2; next <= extra; next++) {
      if ((bytes[at + next]! & 0xc0) !== 0x80) return false;
    }
    at += extra + 1;
  }
  return true;
}
