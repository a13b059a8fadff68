import { describe, expect, it } from 'vitest';
import {
  completionRef,
  createSubject,
  expandTemplate,
} from '../../../src/vscode/call/callSubject.js';
import { describeError, runCall } from '../../../src/vscode/call/runCall.js';
import type { Connection } from '../../../src/vscode/servers/connection.js';

describe('what can be called', () => {
  it('is a form for each kind', () => {
    const tool = createSubject('id', 'weather', {
      kind: 'tool',
      tool: { name: 'search', title: 'Search', inputSchema: { type: 'object' } },
    });
    expect(tool).toMatchObject({
      id: 'id/tool/search',
      title: 'Search',
      schema: { type: 'object' },
    });
    const prompt = createSubject('id', 'weather', {
      kind: 'prompt',
      prompt: { name: 'p', arguments: [{ name: 'a', required: true }, { name: 'b' }] },
    });
    expect(prompt.schema).toMatchObject({ required: ['a'], properties: { a: {}, b: {} } });
    const resource = createSubject('id', 'weather', {
      kind: 'resource',
      resource: { name: 'r', uriTemplate: 'x://{id}/{+path}{?page}' },
    });
    expect(resource).toMatchObject({ name: 'x://{id}/{+path}{?page}' });
    expect(resource.schema).toMatchObject({ required: ['id', 'path'] });
  });
});

describe('what a server may propose values for', () => {
  it('is a prompt or a template, by the name that the protocol knows it by', () => {
    expect(completionRef({ kind: 'prompt', prompt: { name: 'p' } })).toEqual({
      ...{ type: 'ref/prompt', name: 'p' },
    });
    const template = { name: 'r', uriTemplate: 'x://{id}' };
    expect(completionRef({ kind: 'resource', resource: template })).toEqual({
      ...{ type: 'ref/resource', uri: 'x://{id}' },
    });
    expect(completionRef({ kind: 'resource', resource: { name: 'r', uri: 'x://1' } })).toBeNull();
    expect(completionRef({ kind: 'tool', tool: { name: 't' } })).toBeNull();
  });
});

describe('a URI template', () => {
  it.each([
    ['x://{id}', { id: 'a/b c' }, 'x://a%2Fb%20c'],
    ['x://{+path}', { path: 'a/b' }, 'x://a/b'],
    ['x://a{/b,c}', { b: '1', c: '2' }, 'x://a/1/2'],
    ['x://a{?q,page}', { q: 'ž', page: 2 }, 'x://a?q=%C5%BE&page=2'],
    ['x://a{?q}{&r}', { q: '1', r: '2' }, 'x://a?q=1&r=2'],
    ['x://a{#part}', { part: 'p' }, 'x://a#p'],
    ['x://a{.ext}{;v}', { ext: 'md', v: '1' }, 'x://a.md;v=1'],
    ['x://{absent}/', {}, 'x:///'],
  ])('%s with %j', (template, values, uri) => {
    expect(expandTemplate(template, values)).toBe(uri);
  });
});

describe('a call', () => {
  const tool = { kind: 'tool', tool: { name: 't' } } as const;
  const connection = (callTool: Connection['callTool']) => ({ callTool }) as Connection;

  it('ends with what the server answered', async () => {
    const answer = { content: [], isError: true };
    const ended = await runCall(
      connection(async () => answer),
      tool,
      {},
      {},
    );
    expect(ended).toMatchObject({ result: answer, error: null, cancelled: false });
  });

  it('ends with the error, its code once', async () => {
    const refuse = async () => {
      throw Object.assign(new Error('MCP error -32602: no such tool'), { code: -32602 });
    };
    const ended = await runCall(connection(refuse), tool, {}, {});
    expect(ended).toMatchObject({ result: null, error: { code: -32602, message: 'no such tool' } });
  });

  it('says when it was cancelled', async () => {
    const abort = new AbortController();
    const wait = () =>
      new Promise<never>((_, reject) => {
        abort.signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const ending = runCall(connection(wait), tool, {}, { signal: abort.signal });
    abort.abort();
    expect(await ending).toMatchObject({ cancelled: true });
  });

  it('describes what is no error object', () => {
    expect(describeError('gone')).toEqual({ code: null, message: 'gone' });
  });
});
