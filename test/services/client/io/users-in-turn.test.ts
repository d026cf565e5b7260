import { expect, test } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { LoadGenerator } from '../../../../services/client/io/load-generator.ts';
import { loadTransports } from '../../../../services/client/io/load-transports.ts';
import { scheduleOfLoad } from '../../../workload/load-of.ts';
import { startNode } from '../../node/io/node-under-test.ts';

const ofKind = <Kind extends Event['kind']>(events: readonly Event[], kind: Kind) =>
  events.filter((event): event is Extract<Event, { kind: Kind }> => event.kind === kind);

test('live users ask a pause after each answer, and what they ask is all in the log', async () => {
  const { node, clock, engine } = await startNode();
  const talk = {
    kind: 'chat',
    turns: 3,
    systemTokens: 64,
    openingTokens: 0,
    userTokens: 32,
    outputTokens: 16,
    thinkS: 0.05,
  };
  const transport = loadTransports.frames(new Map(['london', 'lagos'].map((at) => [at, `127.0.0.1:${node.port}`])));
  await transport.connect(5000);
  const schedule = scheduleOfLoad({ users: 4, classes: { talk } }, { durationMs: clock.now() + 1000 });
  const events: Event[] = [];
  const load = new LoadGenerator({
    schedule,
    transport,
    transportName: 'frames',
    retries: null,
    tax: null,
    clock,
    emit: (event) => void events.push(event),
    deadlineMs: 5000,
    maxInFlight: 100,
    part: 'load',
    warmUpMs: 0,
    stallMs: 1000,
  });
  await load.run();
  load.close({ isInterrupted: false });
  const sent = ofKind(events, 'sent');
  const ended = new Map(ofKind(events, 'finished').map(({ request, atMs }) => [request, atMs]));
  expect(sent.length).toBeGreaterThan(schedule.length);
  for (const { request, intendedAtMs } of sent) {
    const before = ended.get(request - schedule.length);
    if (before !== undefined) expect(intendedAtMs).toBeCloseTo(before + 50, 6);
  }
  const [{ requests: followed }] = ofKind(events, 'followed') as [Extract<Event, { kind: 'followed' }>];
  expect([followed + schedule.length, ended.size]).toEqual([sent.length, sent.length]);
  expect(ofKind(events, 'generator')[0]).toMatchObject({ offered: sent.length, sent: sent.length });
  // The second and third turns find the first one's blocks, and every session the system prompt.
  expect(engine.prefixCache.hits).toBeGreaterThanOrEqual(64 * (sent.length - 4));
});
