import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { LinkPlan } from '../../report/link-plan.ts';
import { type ProbeLosses, probeLossFaults } from '../../report/probe-losses.ts';
import { ProbeTally } from '../../report/probe-tally.ts';

const link = (name: string, atMs: number, up: boolean): Event => {
  return { kind: 'link', atMs, link: name, up, delayUs: 10_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
};
const probe = (path: string, atMs: number): Event => ({ kind: 'probe', atMs, path, rttMs: 20 });
const lost = (path: string, atMs: number, untilMs: number, count: number): Event => {
  return { kind: 'probes-lost', atMs, untilMs, path, lost: count };
};

const plan = new LinkPlan();
for (const event of [
  link('a/laser/forward', 0, true),
  link('a/laser/back', 0, true),
  link('a/laser/back', 20_000, false),
  link('a/laser/back', 30_000, true),
])
  if (event.kind === 'link') plan.add(event);

const lossesOf = (events: readonly Event[], fromMs = 0): readonly ProbeLosses[] => {
  const tally = new ProbeTally();
  for (const event of events) {
    if (event.kind === 'probe') tally.add(event);
    if (event.kind === 'probes-lost') tally.addLost(event);
  }
  return tally.losses(plan, fromMs);
};

test('counts what has no answer of all that were sent, by path', () => {
  const events = [probe('a/laser', 1), lost('a/laser', 100, 200, 2), lost('b/fibre', 0, 50, 1), probe('c/fibre', 1)];
  expect(lossesOf(events)).toEqual([
    { path: 'a/laser', lost: 2, sent: 3 },
    { path: 'b/fibre', lost: 1, sent: 1 },
  ]);
});

test('does not count what an outage of the plan took, or met on its way', () => {
  const inside = [
    lost('a/laser', 25_000, 25_500, 5),
    lost('a/laser', 19_500, 19_500, 1),
    lost('a/laser', 15_000, 40_000, 9),
  ];
  expect(lossesOf([...inside, lost('a/laser', 18_000, 18_500, 1)])).toEqual([{ path: 'a/laser', lost: 1, sent: 1 }]);
});

test('does not count what the warm-up lost', () => {
  expect(lossesOf([lost('a/laser', 100, 200, 2), probe('a/laser', 50)], 500)).toEqual([]);
});

test('is a fault where more than a hundredth of the probes of a path has no answer', () => {
  expect(probeLossFaults([{ path: 'a/fibre', lost: 1, sent: 100 }])).toEqual([]);
  expect(probeLossFaults([{ path: 'a/fibre', lost: 2, sent: 101 }])).toEqual([
    'path a/fibre: 2 of 101 probes unanswered',
  ]);
});
