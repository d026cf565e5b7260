import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import { watchedEventLoop } from '../../../hosts/io/watched-event-loop.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const compute = (ms: number): void => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};

const watchedPart = (warmUpMs: number) => {
  const told: string[] = [];
  const events: Extract<Event, { kind: 'event-loop' }>[] = [];
  const part = watchedEventLoop(
    {
      ready: 7,
      begin: () => void told.push('begin'),
      recordingBegan: () => void told.push('recording began'),
      recordingEnds: () => void told.push('recording ends'),
      close: () => void told.push('close'),
    },
    { part: 'router', warmUpMs, emit: (event) => event.kind === 'event-loop' && events.push(event) },
  );
  return { part, told, events };
};

test('a part says at the end of a run how long its event loop waited, and is the same part otherwise', async () => {
  const { part, told, events } = watchedPart(0);
  expect(part.ready).toBe(7);
  part.begin(steadyUnixMs());
  await pause(20);
  compute(150);
  await pause(20);
  await part.close({ isInterrupted: false });
  expect(told).toEqual(['begin', 'close']);
  const [event] = events;
  expect(event).toMatchObject({ kind: 'event-loop', part: 'router' });
  expect(event!.longestSilenceMs).toBeGreaterThanOrEqual(139);
  expect(event!.waitP99Ms).toBeGreaterThanOrEqual(139); // most of the time was that silence
  expect(event!.atMs).toBeGreaterThanOrEqual(190);
});

test('without the warm-up, in each recording', async () => {
  const { part, told, events } = watchedPart(0);
  part.begin(steadyUnixMs());
  compute(400);
  const beganAtMs = performance.now();
  part.recordingBegan!(400, 400);
  await pause(20);
  part.recordingEnds!(420);
  expect(told).toEqual(['begin', 'recording began', 'recording ends']);
  expect(events).toHaveLength(1);
  expect(events[0]!.longestSilenceMs).toBeLessThan(performance.now() - beganAtMs);
  await part.close({ isInterrupted: false });
});
