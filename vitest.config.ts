import { defineConfig } from 'vitest/config';

/** Tests that start processes or the whole of a run: seconds each, where the rest takes milliseconds. */
const INTEGRATION = ['test/cli/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: INTEGRATION } },
      { test: { name: 'integration', include: INTEGRATION, testTimeout: 60_000 } },
    ],
  },
});
