import { afterEach, expect, test } from 'vitest';
import { EventLoopSilence } from '../../../core/time/io/event-loop-silence.ts';

const open: EventLoopSilence[] = [];
afterEach(() => {
  for (const silence of open.splice(0)) silence.close();
});
const watched = (): EventLoopSilence => {
  const silence = new EventLoopSilence();
  open.push(silence);
  return silence;
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const compute = (ms: number): void => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};

test('a silence is told whenever it begins: at the start, at a reset, between two ticks', async () => {
  const silence = watched();
  compute(60);
  await pause(30);
  expect(silence.longestMs).toBeGreaterThanOrEqual(50);
  silence.forget();
  compute(80);
  await pause(30);
  expect(silence.longestMs).toBeGreaterThanOrEqual(70);
  await pause(30);
  compute(100);
  await pause(30);
  expect(silence.longestMs).toBeGreaterThanOrEqual(90);
});

test('one that goes on counts as far as it went', () => {
  const silence = watched();
  compute(60);
  expect(silence.longestMs).toBeGreaterThanOrEqual(50);
});

test('none is longer than the time since the last reset', async () => {
  const silence = watched();
  await pause(30);
  compute(300);
  const forgottenAtMs = performance.now();
  silence.forget();
  await pause(30);
  expect(silence.longestMs).toBeLessThan(performance.now() - forgottenAtMs);
});
