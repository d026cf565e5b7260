import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import { ended, runEvent } from './logged-run.ts';

const notesOf = (...events: readonly Event[]): readonly string[] => {
  const run = runEvent({ host: 'simulate', requests: 0 });
  const { runs } = summarise([run, ...events, ended()], { machine: 'this one' });
  return runs[0]!.notes.filter((note) => note.startsWith('fault '));
};
const injected = (atMs: number, state: 'began' | 'ended', fault: string, node: string): Event => ({
  kind: 'injected',
  atMs,
  node,
  fault,
  state,
});

test('each fault of a run is a note with its begin and end, whatever the order of the log', () => {
  const notes = notesOf(
    injected(3000, 'ended', 'slow', 'a'),
    injected(2000, 'began', 'slow', 'a'),
    injected(1000, 'began', 'slow', 'b'),
    injected(4000, 'ended', 'slow', 'b'),
    injected(5000, 'began', 'slow', 'a'),
    injected(6000, 'began', 'goaway', 'a'),
    injected(6000, 'ended', 'goaway', 'a'),
    { kind: 'injected', atMs: 7000, path: 'a/fibre', fault: 'down', state: 'began' },
    { kind: 'injected', atMs: 8000, router: true, fault: 'restart', state: 'began' },
  );
  expect(notes).toEqual([
    'fault slow of node b from 1.00 to 4.00 s',
    'fault slow of node a from 2.00 to 3.00 s',
    'fault slow of node a from 5.00 s on',
    'fault goaway of node a at 6.00 s',
    'fault down of path a/fibre from 7.00 s on',
    'fault restart of the router from 8.00 s on',
  ]);
});

test('a fault that a host cannot play is a note with the reason', () => {
  const notes = notesOf({ kind: 'not-played', atMs: 0, of: 'router', fault: 'restart at 1 s', reason: 'no process' });
  expect(notes).toEqual(['fault restart at 1 s of router was not played as planned: no process']);
});
