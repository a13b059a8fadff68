import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentPolicy, PrintedLines } from '../../../../src/core/mcp/content.js';
import { hidden, parseRedaction, redactText } from '../../../../src/core/mcp/redaction.js';
import { redactMessage } from '../../../../src/core/mcp/redactMessage.js';
import { withinTime } from '../../../../src/shim/telemetry/withinTime.js';

const rules = parseRedaction('');
const redact = (value: unknown, more = '') =>
  JSON.parse(redactMessage(JSON.stringify(value), 'redacted', parseRedaction(more)).text);

/** Put together here, so that no scanner takes them for real ones. */
const tokens = {
  bearer: `Bearer ${'abcDEF123456'.repeat(3)}`,
  aws: `AKIA${'ABCD1234EFGH5678'}`,
  github: `ghp_${'a1B2'.repeat(9)}`,
  openai: `sk-${'proj-a1B2c3D4e5F6g7H8'}`,
  slack: `xoxb-${'1234567890-abcdef'}`,
  jwt: `eyJ${'hbGciOiJIUzI1NiJ9'}.${'eyJzdWIiOiIxIn0'}.${'c2lnbmF0dXJl'}`,
  key: `-----BEGIN ${'RSA PRIVATE KEY'}-----\nMIIB\n-----END ${'RSA PRIVATE KEY'}-----`,
};

describe('redaction', () => {
  it.each(Object.entries(tokens))('hides the shape of %s wherever it stands', (_name, token) => {
    const out = JSON.stringify(redact({ params: { arguments: { note: `see ${token} there` } } }));
    expect(out).toContain(hidden);
    expect(out).not.toContain(token.slice(8, 24));
    expect(redactText(`log: ${token}`, rules)).not.toContain(token.slice(8, 24));
  });

  it.each([
    'password',
    'apiKey',
    'API_KEY',
    'x-api-key',
    'Authorization',
    'clientSecret',
    'access_token',
    'dbPassword',
    'AWS_SECRET_ACCESS_KEY',
    'Set-Cookie',
    'privateKey',
  ])('hides whatever stands under %s', (key) => {
    expect(redact({ [key]: 'plain', deep: [{ [key]: { a: 1, b: [true, 'x'] } }] })).toEqual({
      [key]: hidden,
      deep: [{ [key]: { a: hidden, b: [hidden, hidden] } }],
    });
  });

  it('leaves what only looks like it', () => {
    const value = {
      params: {
        _meta: { progressToken: 7 },
        max_tokens: 100,
        keyboard: 'qwerty',
        author: 'me',
        monkey: 1,
      },
    };
    expect(redact(value)).toEqual(value);
  });

  it('looks into JSON inside a string and into KEY=value lines', () => {
    const text = JSON.stringify({ user: 'me', password: 'hunter2' });
    expect(redact({ result: { content: [{ type: 'text', text }] } }).result.content[0].text).toBe(
      JSON.stringify({ user: 'me', password: hidden }),
    );
    expect(redactText('DB_PASSWORD=hunter2 port=5432', rules)).toBe(
      `DB_PASSWORD=${hidden} port=5432`,
    );
  });

  it.each([
    ['{"password":"hunter2"} said', `{"password":${hidden}} said`],
    [
      'said {\\"password\\":\\"hunter2 x\\",\\"a\\":1}',
      `said {\\"password\\":${hidden},\\"a\\":1}`,
    ],
    ['"token": "a\\"b", c', `"token": ${hidden}, c`],
    ["{'token': 'a b'}", `{'token': ${hidden}}`],
    ['token: hunter2, port: 1', `token: ${hidden}, port: 1`],
    ['Cookie: a=1; b=2\nHost: x', `Cookie: ${hidden}\nHost: x`],
    ['"authorization": "token x y"', `"authorization": "${hidden}"`],
    ['https://me:hunter2@host/x', `https://${hidden}@host/x`],
    ['https://0123abcd@host/x', `https://${hidden}@host/x`],
    ['password=a}b{c port=1', `password=${hidden} port=1`],
    ['https://host:80/a@b', 'https://host:80/a@b'],
    ['tokens: 5, author: me', 'tokens: 5, author: me'],
  ])('reads %s in the middle of text', (text, shown) => {
    expect(redactText(text, rules)).toBe(shown);
    expect(redactText(shown, rules)).toBe(shown);
  });

  it.each([
    ['Error: password=x', 'Error: password=[redacted]'],
    ['GET https://h/?token=abc&n=1', 'GET https://h/?token=[redacted]&n=1'],
    ['url: /x?api_key=1&secret=2', 'url: /x?api_key=[redacted]&secret=[redacted]'],
    ['msg="the password: hunter2" z', 'msg="the password: [redacted]" z'],
    ['x: token: "a b" y', 'x: token: [redacted] y'],
  ])('finds a pair in what follows another key: %s', (text, shown) => {
    expect(redactText(text, rules)).toBe(shown);
    expect(redactText(shown, rules)).toBe(shown);
  });

  it('takes rules by key, by place and by pattern', () => {
    const value = {
      params: {
        arguments: { pin: 1234, list: [{ iban: 'DE1' }, { iban: 'DE2' }], text: 'ID-99 x' },
      },
    };
    expect(
      redact(value, 'pin, $.params.arguments.list[*].iban, /ID-\\d+/').params.arguments,
    ).toEqual({
      pin: hidden,
      list: [{ iban: hidden }, { iban: hidden }],
      text: `${hidden} x`,
    });
    expect(redact({ a: 'b' }, '/[/')).toEqual({ a: 'b' });
  });

  it.each([
    ['$..pin', { a: 1, pin: hidden }],
    ['$.params..pin', { a: 1, pin: hidden }],
    ["$['params']['arguments']['x.y'].a", { a: hidden, pin: 2 }],
    ['$.params.arguments.*.pin', { a: 1, pin: hidden }],
    ['$..arguments', { a: hidden, pin: hidden }],
    ['$.pin', { a: 1, pin: 2 }],
  ])('finds the place %s', (path, expected) => {
    const value = { params: { arguments: { 'x.y': { a: 1, pin: 2 } } } };
    expect(redact(value, path).params.arguments['x.y']).toEqual(expected);
  });

  it('changes nothing else, not even the spelling', () => {
    const text =
      '{ "id" : 9007199254740993, "params":{"n":1.0,"e":1e3,"password" : "x","s":"\\u0041"} }';
    expect(redactMessage(text, 'redacted', rules).text).toBe(text.replace('"x"', `"${hidden}"`));
  });

  it('stays JSON and idempotent for any message', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('full', 'redacted', 'keys'), (value, mode) => {
        const once = redactMessage(JSON.stringify(value), mode as 'full', rules).text;
        JSON.parse(once);
        if (mode === 'redacted') expect(redactMessage(once, 'redacted', rules).text).toBe(once);
        if (mode === 'full') expect(once).toBe(JSON.stringify(value));
      }),
    );
  });

  it('finds arguments and result as they will be shown', () => {
    const call = redactMessage(
      '{"params":{"arguments": {"token":"x","a":1} ,"name":"t"}}',
      'redacted',
      rules,
    );
    expect(call.argumentsText).toBe(`{"token":"${hidden}","a":1}`);
    const answer = redactMessage('{"result":[1, 2 ],"id":1}', 'redacted', rules);
    expect(answer.resultText).toBe('[1, 2 ]');
  });

  it('with keys keeps names and shapes, and the envelope', () => {
    const text =
      '{"id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"x","b":[1,true,null]}}}';
    expect(redactMessage(text, 'keys', rules).text).toBe(
      '{"id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"[string]","b":["[number]","[boolean]",null]}}}',
    );
  });

  it('survives text that was cut, and refuses text nested past reason', () => {
    expect(redactMessage('{"password":"abc', 'redacted', rules).text).toBe(
      `{"password":"${hidden}"`,
    );
    const policy = new ContentPolicy('redacted', rules, 1000);
    expect(policy.keepMessage(`${'['.repeat(100_000)}"token"`, null)).toBeNull();
  });

  it('reads a line that is JSON as JSON, and a private key across lines', () => {
    const policy = new ContentPolicy('redacted', rules, 1000);
    expect(policy.keepLine('{"a":[1.0],"secret":[1,"x"]}').text).toBe(
      `{"a":[1.0],"secret":["${hidden}","${hidden}"]}`,
    );
    const lines = new PrintedLines(policy);
    const said = [
      'a',
      '-----BEGIN RSA PRIVATE KEY-----',
      'MIIB',
      '-----END RSA PRIVATE KEY-----',
      'b',
    ];
    expect(said.map((line) => lines.keep(line))).toEqual(['a', hidden, hidden, hidden, 'b']);
    const endless = ['-----BEGIN PRIVATE KEY-----', ...Array<string>(600).fill('x')];
    expect(endless.map((line) => lines.keep(line)).at(-1)).toBe('x');
  });

  it('never skips a message because its secret is spelled with escapes', () => {
    const policy = new ContentPolicy('redacted', rules, 1000);
    for (const key of ['token', 'progressToken_token', 'progress_token', 'PROGRESS_TOKEN']) {
      const beside = `{"_meta":{"progressToken":7},"${key}":"hunter2"}`;
      expect(policy.keepMessage(beside, null)?.text).not.toContain('hunter2');
    }
    const text = '{"p\\u0061ss\\u0077ord":"hunter2"}';
    expect(policy.keepMessage(text, { argumentsText: null, resultText: null })?.text).not.toContain(
      'hunter2',
    );
  });
});

describe('a pattern that does not come to an end', () => {
  /** Nested repetition: exponential where nothing matches in the end. */
  const endless = '/(?:a+)+b/';
  const hostile = JSON.stringify({ params: { arguments: { text: 'a'.repeat(40), n: 7 } } });
  const slow: [string, boolean][] = [];
  const policy = new ContentPolicy(
    'redacted',
    parseRedaction(`${endless}, /ID-\\d{4}/`),
    1000,
    withinTime,
    (source, givenUp) => slow.push([source, givenUp]),
  );
  const keep = (text: string) => policy.keepMessage(text, null)?.text;

  it('hides the texts of the message, is told of once, and given up after the third time', () => {
    for (let time = 0; time < 5; time++) {
      expect(JSON.parse(keep(hostile) ?? '')).toEqual({
        params: { arguments: { text: hidden, n: 7 } },
      });
    }
    expect(slow).toEqual([
      ['(?:a+)+b', false],
      ['(?:a+)+b', true],
    ]);
    expect(keep('{"params":{"arguments":{"text":"harmless"}}}')).toContain(hidden);
    expect(policy.keepLine('harmless').text).toBe(hidden);
  });

  it('is found in a line of stderr too', () => {
    const lines = new ContentPolicy('redacted', parseRedaction(endless), 1000, withinTime);
    expect(lines.keepLine('a'.repeat(40)).text).toBe(hidden);
    expect(lines.keepLine('aab').text).toBe(hidden);
    expect(lines.keepLine('other').text).toBe('other');
  });

  it.each([
    ['ID-\\d{4}', true],
    ['[A-Z]{2} [^*+]', true],
    ['\\b\\d{16}\\b', true],
    ['\\d+', false],
    ['(?:ab){9}', false],
    ['a{1,9}', false],
    ['a?b', false],
    ['a|b', false],
    ['(a)\\1', false],
  ])('is not looked for in /%s/ when %s', (source, quick) => {
    expect(parseRedaction(`/${source}/`).own.map((pattern) => pattern.quick)).toEqual([quick]);
  });
});
