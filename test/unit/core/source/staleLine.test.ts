import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followLine } from '../../../../src/core/source/staleLine.js';

const place = { line: 1, functionName: '', text: '' };

describe('a remembered line', () => {
  it('stays where nothing tells more', () => {
    expect(followLine(['a', 'b', 'c'], { ...place, line: 2 })).toBe(2);
  });

  it('moves with its function', () => {
    const lines = ['import x', '', '# new', '', 'async def greet(name):', '    pass'];
    expect(followLine(lines, { ...place, line: 2, functionName: 'greet' })).toBe(5);
    expect(followLine(lines, { ...place, line: 2, functionName: 'Server.greet' })).toBe(5);
  });

  it('moves from a decorator to the function below it', () => {
    const lines = ['@mcp.tool()', '@cached', 'def greet():', '  pass'];
    expect(followLine(lines, { ...place, line: 1, functionName: 'greet' })).toBe(3);
  });

  it('takes the nearest of several definitions', () => {
    const lines = ['function run() {}', '', '', 'function run() {}', '', 'function run() {}'];
    expect(followLine(lines, { ...place, line: 5, functionName: 'run' })).toBe(6);
  });

  it('follows a function without a name by its text', () => {
    const lines = ['//', '//', '  async ({ a }) => ({', '//'];
    expect(
      followLine(lines, {
        ...place,
        line: 1,
        functionName: '<anonymous>',
        text: 'async ({ a }) => ({',
      }),
    ).toBe(3);
  });

  it.each([
    ['const greet = async () => 1;', 'greet'],
    ['func (s *Server) Greet(ctx context.Context) {', 'Greet'],
    ['pub async fn greet(&self) -> String {', 'greet'],
    ['  public async Task<string> Greet(string name) {', 'Greet'],
    ['  greet: async () => {', 'greet'],
    ['  async greet(name) {', 'greet'],
  ])('knows %j as a definition', (line, functionName) => {
    expect(followLine(['', '', line], { ...place, functionName })).toBe(3);
  });

  it('is always a line of the file', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.integer(),
        fc.string(),
        fc.string(),
        (lines, line, functionName, text) => {
          const followed = followLine(lines, { line, functionName, text });
          expect(followed).toBeGreaterThanOrEqual(1);
          expect(followed).toBeLessThanOrEqual(Math.max(lines.length, 1));
        },
      ),
    );
  });
});
