import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OpenProbes } from '../../../../netem/shaping/probe/open-probes.ts';

test('answers give back when each was sent, once', () => {
  const probes = new OpenProbes();
  const [first, second] = [probes.send(10), probes.send(20)];
  expect([probes.answer(second), probes.answer(first), probes.answer(first)]).toEqual([20, 10, null]);
  expect(probes.takeLost()).toBe(null);
});

test('a probe that waits too long is lost, and its late answer is ignored', () => {
  const probes = new OpenProbes();
  const sent = [10, 20, 30].map((atMs) => probes.send(atMs));
  probes.giveUp(30);
  expect(probes.takeLost()).toEqual({ atMs: 10, untilMs: 20, lost: 2 });
  expect(sent.map((number) => probes.answer(number))).toEqual([null, null, 30]);
  expect(probes.takeLost()).toBe(null);
});

test('holds a bounded number, and each probe is answered, lost or open, never two of these', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant('send'), fc.constant('miss'), fc.nat({ max: 3000 }), fc.constant('give up'))),
      fc.nat({ max: 2000 }),
      (steps, burst) => {
        const probes = new OpenProbes();
        let [atMs, due, answered, lost] = [0, 0, 0, 0];
        for (const step of [...Array<'send'>(burst).fill('send'), ...steps]) {
          atMs++;
          if (step === 'send' || step === 'miss') due++;
          if (step === 'send') probes.send(atMs);
          else if (step === 'miss') probes.miss(atMs);
          else if (step === 'give up') probes.giveUp(atMs - 50);
          else if (probes.answer(step) !== null) answered++;
          expect(probes.size).toBeLessThanOrEqual(1024);
          lost += probes.takeLost()?.lost ?? 0;
        }
        expect(answered + lost + probes.size).toBe(due);
      },
    ),
    { numRuns: 50 },
  );
});
