import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HandlerPlace } from '../../../../src/core/protocol.js';
import { guessPlaces, matchesTemplate, rankPlaces } from '../../../../src/core/source/rank.js';
import { readReportedPlace } from '../../../../src/core/source/reportedPlace.js';

const place = (file: string, name = 'get'): HandlerPlace => ({
  kind: 'tool',
  name,
  file,
  line: 1,
  column: 1,
  language: 'python',
  how: '@mcp.tool',
});

describe('candidates', () => {
  it('of the server itself come before others, and source before tests', () => {
    const places = ['/w/other/a.py', '/w/app/tests/a.py', '/w/app/a.py'].map((file) => place(file));
    expect(rankPlaces(places, '/w/app').map(({ file }) => file)).toEqual([
      '/w/app/a.py',
      '/w/app/tests/a.py',
      '/w/other/a.py',
    ]);
  });

  it('of a mounted server are guessed by the end of the name', () => {
    const places = [place('/a.py', 'get'), place('/b.py', 'forget'), place('/c.py', 'et')];
    expect(guessPlaces(places, 'weather_get').map(({ file }) => file)).toEqual(['/a.py']);
    expect(guessPlaces([place('/a.py', 'getWeather')], 'get-weather')).toHaveLength(1);
  });
});

describe('a URI template', () => {
  it.each([
    ['users://{id}', 'users://7', true],
    ['users://{id}/profile', 'users://7/profile', true],
    ['users://{id}/profile', 'users://7', false],
    ['repo://{owner}/{name}', 'repo://me/it', true],
    ['repo://{owner}/{name}', 'repo://me', false],
    ['file://{path*}', 'file://a/b/c', true],
    ['file://{path}', 'file://a/b', false],
    ['plain://x', 'plain://x', false],
  ])('%s and %s: %s', (template, uri, expected) => {
    expect(matchesTemplate(template, uri)).toBe(expected);
  });

  it('of any shape ends', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (template, uri) => typeof matchesTemplate(template, uri) === 'boolean',
      ),
    );
  });
});

describe('code attributes', () => {
  const from = { cwd: '/w', emitter: 'logfire', timeNanos: '1' };

  it('are read in their current and their deprecated spelling', () => {
    expect(
      readReportedPlace({ 'code.file.path': '/a.py', 'code.line.number': '12' }, from),
    ).toMatchObject({ file: '/a.py', line: 12 });
    expect(
      readReportedPlace({ 'code.filepath': 'a.py', 'code.lineno': 3, 'code.function': 'f' }, from),
    ).toMatchObject({
      file: 'a.py',
      line: 3,
      functionName: 'f',
    });
  });

  it('without a file, or of a wrong type, are no place', () => {
    expect(readReportedPlace({ 'code.line.number': 3 }, from)).toBeNull();
    expect(readReportedPlace({ 'code.file.path': 7 }, from)).toBeNull();
    expect(readReportedPlace({ 'code.file.path': 'a', 'code.line.number': -1 }, from)?.line).toBe(
      0,
    );
  });
});
