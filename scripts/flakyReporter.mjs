// A reporter of Vitest's that keeps the names of tests which passed only when tried again.
import { writeFileSync } from 'node:fs';

export const flakyReport = 'out/flaky.json';

export default class FlakyReporter {
  onTestRunEnd(modules) {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests()]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => `${module.relativeModuleId}: ${test.fullName}`),
    );
    writeFileSync(flakyReport, JSON.stringify(flaky));
  }
}
