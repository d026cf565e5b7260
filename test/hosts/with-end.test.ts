import { expect, test } from 'vitest';
import { withEnd } from '../../hosts/with-end.ts';
import { generatorEvent, requestEvents } from '../report/logged-run.ts';

test('a run ends when its load generator closed, though its parts log on', () => {
  const events = [...requestEvents(0, 2000), generatorEvent({ atMs: 5000 }), ...requestEvents(1, 9000)];
  const all = [...withEnd(events, true)];
  expect(all.slice(0, -1)).toEqual(events);
  expect(all.at(-1)).toEqual({ kind: 'ended', atMs: 5000, isInterrupted: true });
});

test('a run whose generator logged nothing ends with its last event', () => {
  const end = [...withEnd(requestEvents(0, 2000), false)].at(-1);
  expect(end).toEqual({ kind: 'ended', atMs: 2155, isInterrupted: false });
  expect([...withEnd([], false)]).toEqual([{ kind: 'ended', atMs: 0, isInterrupted: false }]);
});
