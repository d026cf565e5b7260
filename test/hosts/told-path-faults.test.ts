import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { ToldPathFaults } from '../../hosts/told-path-faults.ts';

const FAULTS = new Map([
  ['ashburn/fibre', [{ kind: 'blackhole' as const, fromMs: 1000, toMs: 3000 }]],
  ['ashburn/laser', [{ kind: 'down' as const, fromMs: 2000, toMs: 2500 }]],
]);

/** What is logged until 20 s by an agent that comes up at `fromMs`; a recording begins at `tellMs`. */
const told = (fromMs: number, cycleMs: number | null, tellMs?: number): readonly string[] => {
  const clock = new VirtualClock();
  clock.runUntil(fromMs);
  const events: Event[] = [];
  const faults = new ToldPathFaults(FAULTS, (event) => events.push(event));
  faults.begin(clock, cycleMs);
  if (tellMs !== undefined) {
    clock.runUntil(tellMs);
    events.length = 0;
    faults.tell(tellMs);
  }
  clock.runUntil(20_000);
  return events.flatMap((event) =>
    event.kind === 'injected' && 'path' in event
      ? [`${event.atMs} ${event.fault} of ${event.path} ${event.state}`]
      : [],
  );
};

test('planned faults of paths are logged as they begin and end', () => {
  expect(told(0, null)).toEqual([
    '1000 blackhole of ashburn/fibre began',
    '2000 down of ashburn/laser began',
    '2500 down of ashburn/laser ended',
    '3000 blackhole of ashburn/fibre ended',
  ]);
});

test('a cycle repeats them, and an agent that comes up in the middle of one logs the rest', () => {
  expect(told(12_700, 10_000)).toEqual([
    '12700 blackhole of ashburn/fibre began',
    '13000 blackhole of ashburn/fibre ended',
  ]);
});

test('a log that begins in the middle of one has its beginning too', () => {
  expect(told(0, null, 2700)).toEqual([
    '2700 blackhole of ashburn/fibre began',
    '3000 blackhole of ashburn/fibre ended',
  ]);
});
