import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** One project a suite; `npm test` runs them one after the other. `workers`: files side by side. */
const suites: Record<string, { timeout: number; workers?: number }> = {
  unit: { timeout: 30_000 },
  shim: { timeout: 120_000, workers: 1 },
  collector: { timeout: 120_000, workers: 1 },
  // Beside the file that streams for a minute, which mostly waits.
  webview: { timeout: 240_000, workers: 2 },
  interop: { timeout: 300_000, workers: 1 },
  vscode: { timeout: 300_000, workers: 1 },
};

/** The file that streams for a minute begins first: all others fit beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.endsWith('/stream.test.ts');
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: Object.entries(suites).map(([name, { timeout, workers }], groupOrder) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        testTimeout: timeout,
        hookTimeout: timeout,
        // A busy machine is slow, which is no failure.
        expect: { poll: { timeout: 30_000 } },
        // Real processes on somebody else's machine: one more try, which the last lines name.
        retry: process.env.CI && name !== 'unit' ? 1 : 0,
        sequence: { groupOrder },
        ...(workers === undefined ? {} : { maxWorkers: workers }),
        pool: 'forks',
      },
    })),
  },
});
