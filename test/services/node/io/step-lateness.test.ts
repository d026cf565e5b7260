import { afterEach, expect, test } from 'vitest';
import { StepLateness } from '../../../../services/node/io/step-lateness.ts';
import { ask, read, startNode, until } from './node-under-test.ts';

const open: StepLateness[] = [];
afterEach(() => {
  for (const lateness of open.splice(0)) lateness.close();
});
const watched = (): StepLateness => {
  const lateness = new StepLateness('ashburn');
  open.push(lateness);
  return lateness;
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const compute = (ms: number): void => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};

test('an idle node reports numbers without NaN', () => {
  const { atMs, longestSilenceMs, ...none } = watched().event(7);
  expect(none).toEqual({ kind: 'lateness', node: 'ashburn', steps: 0, lateP50Ms: 0, lateP99Ms: 0, lateMaxMs: 0 });
  expect([atMs, longestSilenceMs]).toEqual([7, expect.any(Number)]);
});

test('reports how late the steps of a slow engine ended, and how long its event loop was blocked', async () => {
  const lateness = watched();
  const { client, engine } = await startNode({ onStepLate: lateness.record });
  lateness.forget();
  const answer = read(ask(client, { outputTokens: 1000 }));
  await until(() => engine.report(0).running === 1);
  compute(150);
  await answer;
  const { steps, lateMaxMs, lateP99Ms, longestSilenceMs } = lateness.event(0);
  expect(steps).toBeGreaterThanOrEqual(1000);
  expect(lateMaxMs).toBeGreaterThan(100);
  expect(lateP99Ms).toBeGreaterThan(10); // steps chain from when they were due: those after it are late as well
  expect(longestSilenceMs).toBeGreaterThan(120);
});

test('forgets the warm-up', async () => {
  const lateness = watched();
  lateness.record(500);
  compute(400);
  const forgottenAtMs = performance.now();
  lateness.forget();
  await pause(30);
  const { steps, lateMaxMs, longestSilenceMs } = lateness.event(0);
  expect([steps, lateMaxMs]).toEqual([0, 0]);
  expect(longestSilenceMs).toBeLessThan(performance.now() - forgottenAtMs);
});
