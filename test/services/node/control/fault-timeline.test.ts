import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { type PlannedNodeFault, playFaults } from '../../../../services/node/control/fault-timeline.ts';
import { Faults } from '../../../../services/node/control/faults.ts';

const planned: readonly PlannedNodeFault[] = [
  { atMs: 1000, durationMs: 2000, fault: { kind: 'hang' } },
  { atMs: 1500, durationMs: 0, fault: { kind: 'crash', delayMs: 0 } },
  { atMs: 1800, durationMs: 0, fault: { kind: 'drain' } },
];

/** What happens up to 10 s to a process that comes up at `fromMs`. */
const played = (fromMs: number, cycleMs: number | null = null): readonly string[] => {
  const clock = new VirtualClock();
  clock.runUntil(fromMs);
  const said: string[] = [];
  const faults = new Faults(clock, ({ fault, state, atMs }) => said.push(`${atMs} ${fault.kind} ${state}`));
  playFaults({ clock, faults, planned, drain: () => said.push(`${clock.now()} drain`), cycleMs });
  clock.runUntil(10_000);
  return said;
};

test('planned faults begin and end when they are due', () => {
  expect(played(0)).toEqual(['1000 hang began', '1500 crash began', '1800 drain', '3000 hang ended']);
});

test('a process that comes up again plays the rest of what is under way, stays drained, and does not crash again', () => {
  expect(played(2000)).toEqual(['2000 hang began', '2000 drain', '3000 hang ended']);
});

test('where the run repeats, they happen in each cycle', () => {
  expect(played(4500, 4000)).toEqual([
    '5000 hang began',
    '5500 crash began',
    '5800 drain',
    '7000 hang ended',
    '9000 hang began',
    '9500 crash ended',
    '9500 crash began',
    '9800 drain',
  ]);
});
