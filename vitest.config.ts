import { defineConfig } from 'vitest/config';

/**
 * Tests that start processes, the whole of a run, or ten thousand requests: seconds each, where the rest takes milliseconds.
 * `npm run test:integration`; CI runs it after `npm test`.
 */
const INTEGRATION = [
  'test/benchmarks/peers/bench-peers.test.ts',
  'test/benchmarks/soak-node.test.ts',
  'test/browser/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/differential/**/*.test.ts',
  'test/report/io/results.test.ts',
  'test/report/run-tally-memory.test.ts',
  'test/router/clients.test.ts',
  'test/observe/prometheus.test.ts',
  'test/netem/shaping/relay/relay.test.ts',
  'test/router/interop/**/*.test.ts',
  'test/router/io/frame-proxy/**/*.test.ts',
  'test/router/io/http2-proxy/**/*.test.ts',
  'test/router/io/rfc9113/**/*.test.ts',
  'test/services/node/io/bounds.test.ts',
  'test/services/node/io/control.test.ts',
  'test/services/node/io/lost-power.test.ts',
  'test/services/node/io/otlp-spans.test.ts',
  'test/services/node/io/request-bounds.test.ts',
  'test/services/node/traced-process.test.ts',
];

/**
 * Tests of pure code: nothing that one leaves behind can reach another, so they share what they import. That takes 40 s of
 * processor time for 79 files, where a world of its own for each takes 106.
 */
const PURE = [
  'benchmarks',
  'lint',
  'netem/links',
  'netem/sky',
  'report',
  'router/attempt',
  'router/endpoint',
  'router/filter',
  'router/http2',
  'router/pick',
  'router/policy',
  'scenario',
  'services/node/engine',
  'services/node/power',
  'workload',
].map((folder) => `test/${folder}/**/*.test.ts`);

/** Tests that need an engine for containers: `npm run test:docker`. */
const DOCKER = ['test/docker/**/*.test.ts'];

/** Tests that need root and a kernel with netem: `npm run test:netem`. */
const NETEM = ['test/netem-kernel/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: PURE,
          exclude: INTEGRATION,
          isolate: false,
          testTimeout: 30_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, ...INTEGRATION, ...DOCKER, ...NETEM],
          testTimeout: 30_000, // how long a test takes is not what it claims, and a busy machine takes its time
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: INTEGRATION,
          testTimeout: 60_000,
          maxWorkers: 1, // each starts several processes itself
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'docker',
          include: DOCKER,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          env: { TESTCONTAINERS_RYUK_DISABLED: 'true' },
        },
      },
      {
        test: {
          name: 'netem-kernel',
          include: NETEM,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
