import { describe, expect, it } from 'vitest';
import { shortenTexts } from '../../../src/vscode/call/longTexts.js';

const long = 'x'.repeat(10_000_000);
const beginning = long.slice(0, 20_000);

describe('a result on its way to the form', () => {
  it('goes as it is when its texts are short', () => {
    const result = {
      content: [{ type: 'text', text: 'short' }, { type: 'image', data: 'AAAA' }, null, 7],
      structuredContent: { text: 'short' },
      isError: false,
    };
    const { result: shown, whole } = shortenTexts(result);
    expect(shown).toEqual(result);
    expect(whole.size).toBe(0);
  });

  it('leaves the rest of long texts with the host, wherever they stand', () => {
    const text = { type: 'text', text: long };
    const result = {
      content: [text, { type: 'resource', resource: { uri: 'a:b', text: long } }],
      contents: [{ uri: 'a:b', text: long }],
      messages: [
        { role: 'user', content: text },
        { role: 'user', content: [text] },
      ],
      structuredContent: { deep: { text: long } },
    };
    const { result: shown, whole } = shortenTexts(result);
    expect(JSON.stringify(shown).length).toBeLessThan(200_000);
    expect(shown.content).toEqual([
      { type: 'text', text: beginning },
      { type: 'resource', resource: { uri: 'a:b', text: beginning } },
    ]);
    expect([...whole.keys()]).toEqual([
      'content.0.text',
      'content.1.resource.text',
      'contents.0.text',
      'messages.0.content.text',
      'messages.1.content.0.text',
      'structuredContent',
    ]);
    expect(whole.get('contents.0.text')).toBe(long);
    expect(JSON.parse(whole.get('structuredContent') ?? '')).toEqual(result.structuredContent);
    // What came from the server is not touched.
    expect(text.text).toBe(long);
  });
});
