import { defineConfig } from 'vitest/config';

/** One project a suite; `npm test` runs them one after the other. */
const suites: Record<string, { timeout: number; parallel: boolean }> = {
  unit: { timeout: 30_000, parallel: true },
  shim: { timeout: 120_000, parallel: false },
  collector: { timeout: 120_000, parallel: false },
  webview: { timeout: 180_000, parallel: false },
  interop: { timeout: 300_000, parallel: false },
  vscode: { timeout: 300_000, parallel: false },
};

export default defineConfig({
  test: {
    projects: Object.entries(suites).map(([name, { timeout, parallel }]) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        testTimeout: timeout,
        hookTimeout: timeout,
        fileParallelism: parallel,
        pool: 'forks',
      },
    })),
  },
});
