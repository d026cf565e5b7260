import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Tests that start processes, the whole of a run, or ten thousand requests: seconds each, where the rest takes milliseconds.
 * `npm run test:integration`; CI runs it after `npm test`.
 */
const INTEGRATION = [
  'test/benchmarks/chaos/timeline/both-hosts.test.ts',
  'test/benchmarks/peers/bench-peers.test.ts',
  'test/benchmarks/soak-node.test.ts',
  'test/benchmarks/scenarios/command.test.ts',
  'test/browser/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/contract/load-transport.test.ts',
  'test/differential/**/*.test.ts',
  'test/report/io/results.test.ts',
  'test/report/run-tally-memory.test.ts',
  'test/router/clients.test.ts',
  'test/observe/prometheus.test.ts',
  'test/hosts/study/tune/tuning.test.ts',
  'test/netem/shaping/relay/relay.test.ts',
  'test/router/interop/**/*.test.ts',
  'test/router/io/frame-proxy/**/*.test.ts',
  'test/router/io/http2-proxy/**/*.test.ts',
  'test/router/io/load-subscriber.test.ts',
  'test/router/io/rfc9113/**/*.test.ts',
  'test/services/client/io/own-tax-alone.test.ts',
  'test/services/node/io/bounds.test.ts',
  'test/services/node/io/control.test.ts',
  'test/services/node/io/lost-power.test.ts',
  'test/services/node/io/otlp-spans.test.ts',
  'test/services/node/io/request-bounds.test.ts',
  'test/services/node/traced-process.test.ts',
  'test/workload/trace/io/window-memory.test.ts',
  'test/truth/live/**/*.test.ts',
  'test/truth/queues.test.ts',
];

/** Those of them that run a topology in real time, or start processes whose times they judge: one after the other. */
const LIVE = [
  'test/benchmarks/chaos/timeline/both-hosts.test.ts',
  'test/benchmarks/peers/bench-peers.test.ts',
  'test/cli/**/*.test.ts',
  'test/netem/shaping/relay/relay.test.ts',
  'test/observe/prometheus.test.ts',
  'test/services/node/traced-process.test.ts',
  'test/truth/live/**/*.test.ts',
];

/** Tests that need an engine for containers: `npm run test:docker`. */
const DOCKER = ['test/docker/**/*.test.ts'];

/** Tests that need root and a kernel with netem: `npm run test:netem`. */
const NETEM = ['test/netem-kernel/**/*.test.ts'];

const COMPILED = fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/property-seed.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...INTEGRATION, ...DOCKER, ...NETEM],
          // They share what they import, so each has to leave the process as it was: half the processor time of a world for each.
          isolate: false,
          testTimeout: 120_000, // how long a test takes is not what it claims, and a busy machine takes its time
          hookTimeout: 120_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles: ['test/property-seed.ts'],
          include: INTEGRATION,
          exclude: LIVE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2, // each starts several processes itself, and waits much
          sequence: { groupOrder: 1 },
          env: { NODE_COMPILE_CACHE: COMPILED }, // they start hundreds: each loads compiled code in half the time
        },
      },
      {
        test: {
          name: 'live',
          setupFiles: ['test/property-seed.ts'],
          include: LIVE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1, // what they measure of time is of a machine of their own
          sequence: { groupOrder: 2 },
          env: { NODE_COMPILE_CACHE: COMPILED }, // they start hundreds: each loads compiled code in half the time
        },
      },
      {
        test: {
          name: 'docker',
          include: DOCKER,
          testTimeout: 300_000,
          hookTimeout: 600_000,
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
