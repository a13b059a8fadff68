import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRedaction, redactText } from '../../src/core/mcp/redaction.js';
import { distDir } from './support/hooks.js';

/** What the Python hook would send of some texts. */
function hideInPython(texts: readonly string[], redact = ''): string[] {
  const program = [
    'import json, sys',
    'from spanpath_hook import redact',
    'print(json.dumps([redact.text(text) for text in json.load(sys.stdin)]))',
  ].join('\n');
  const env = {
    ...process.env,
    PYTHONPATH: join(distDir, 'hooks/python'),
    SPANPATH_HOOK_ENDPOINT: 'http://127.0.0.1:9',
    SPANPATH_HOOK_REDACT: redact,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const input = JSON.stringify(texts);
  return JSON.parse(execFileSync('python3', ['-c', program], { env, input, encoding: 'utf8' }));
}

const texts = [
  'Error: password=hunter22',
  'GET https://h.example/?token=abc&page=2',
  'msg="password: x y" level=info',
  'postgres://user:pw@db.example/orders is down',
  'Cookie: a=b; c=d',
  'authorization: Basic dXNlcjpwYXNz and more',
  String.raw`{"body":"{\"apiKey\": \"abc def\"}"}`,
  'Bearer abcdefgh12345678 sk-abcdefghijklmnopqrst ghp_abcdefghijklmnopqrstuv',
  '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----',
  'clientSecret: s3cret, user: ann',
  'nothing: to=hide here, pássword stays',
];

describe('what the Python hook says', () => {
  it('keeps the same secrets to itself as what the shim says', () => {
    const rules = parseRedaction('');
    expect(hideInPython(texts)).toEqual(texts.map((text) => redactText(text, rules)));
  });

  it('keeps the rules of the user', () => {
    const redact = 'plan, /order-(?<id>\\d{4})/';
    const own = ['plan: gold for order-1234', 'order-12 of the planet'];
    const rules = parseRedaction(redact);
    expect(hideInPython(own, redact)).toEqual(own.map((text) => redactText(text, rules)));
  });

  it.each(['/(a+)+$/', '/(?<=a+)b/'])(
    'is nothing where a rule, like %s, may never end here or cannot be understood',
    (redact) => {
      expect(hideInPython([`${'a'.repeat(60)}!`], redact)).toEqual(['[redacted]']);
    },
  );
});
