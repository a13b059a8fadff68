import { describe, expect, it } from 'vitest';
import { readReportedPlace } from '../../../../src/core/source/reportedPlace.js';

const from = { cwd: null, emitter: 'x', timeNanos: '0' };

describe('the place that attributes report', () => {
  it('has the names of today before those of before', () => {
    const attributes = { 'code.file.path': '/a.py', 'code.filepath': '/old.py', 'code.lineno': 7 };
    expect(readReportedPlace(attributes, from)).toMatchObject({ file: '/a.py', line: 7 });
  });

  it('is a class of Java where only its method is named, in one attribute or in two', () => {
    const file = 'com/example/Tools.java';
    expect(
      readReportedPlace({ 'code.function.name': 'com.example.Tools$Inner.echo' }, from),
    ).toMatchObject({ file, line: 0, functionName: 'com.example.Tools$Inner.echo' });
    expect(
      readReportedPlace({ 'code.namespace': 'com.example.Tools', 'code.function': 'echo' }, from),
    ).toMatchObject({ file, functionName: 'com.example.Tools.echo' });
  });

  it('is none where nothing says a file', () => {
    expect(readReportedPlace({ 'code.function.name': 'tools.echo' }, from)).toBeNull();
    expect(readReportedPlace({ 'code.lineno': 3 }, from)).toBeNull();
  });
});
