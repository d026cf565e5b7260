import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { RunTally } from '../../../report/run-tally.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { scheduleOf } from '../../../scenario/schedule-of.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { bundledTrace } from '../../../workload/trace/io/bundled-trace.ts';
import { runEvent } from '../../report/logged-run.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');

const CLASSES =
  'classes: { people: { kind: trace, share: 1, tenant: acme }, jobs: { kind: trace, share: 3, priority: 5, tenant: globex } }';

/** Far more than two endpoints take with two requests each, from people and, of lower priority, from jobs. */
const run = (queue: string, deadlineS = 60) => {
  const text = TEXT.replace('ratePerS: 8', `ratePerS: 60, deadlineS: ${deadlineS}, ${CLASSES}`);
  const set = ['router.maxOutstanding=2', `router.queue=${queue}`];
  const scenario = parseScenario(text, 'pair.yaml', { seed: 3, set });
  const schedule = scheduleOf(scenario, bundledTrace('azure-llm-2023-conversation'));
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy: 'random', emit }));
  const tally = new RunTally(runEvent({ requests: schedule.length, warmUpMs: 500, durationMs: 3000 }));
  for (const event of events) tally.add(event);
  return { events, requests: schedule.length, figures: tally.figures() };
};

const attained = ({ figures }: ReturnType<typeof run>, name: 'people' | 'jobs') => {
  const { answered, requests } = figures.by.class![name]!;
  return answered / requests;
};

describe('in a simulated run, where every endpoint is full', () => {
  test('requests wait and go by priority, and those that find no room are shed', () => {
    const without = run('{ size: 0 }');
    const queued = run('{ size: 20, timeoutMs: 20000 }');
    expect(without.figures.waits).toMatchObject({ waited: 0, timedOut: 0 });
    expect(without.figures.waits!.shed).toBe(without.figures.refused);
    expect(attained(without, 'people')).toBeLessThan(0.8);
    expect(attained(queued, 'people')).toBeGreaterThan(0.95);
    expect(attained(queued, 'jobs')).toBeLessThan(0.8);
    const waits = queued.figures.waits!;
    expect(waits.waited).toBeGreaterThan(20);
    expect(waits.shed + waits.timedOut).toBe(queued.figures.refused);
    expect(queued.figures.by.tenant!.acme!.refused).toBeLessThan(queued.figures.by.tenant!.globex!.refused);
  });

  test.each([
    ['timeoutMs: 300', 60, ['full', 'placed', 'timeout']],
    ['timeoutMs: 9000', 0.5, ['full', 'gone', 'placed']],
  ])('each request ends once, with %s and a deadline of %s s', (timeout, deadlineS, ends) => {
    const { events, requests } = run(`{ size: 10, ${timeout} }`, deadlineS);
    const finished = events.filter((event) => event.kind === 'finished');
    expect(new Set(finished.map(({ request }) => request)).size).toBe(requests);
    expect(finished).toHaveLength(requests);
    const waits = new Set(events.flatMap((event) => (event.kind === 'waited' ? [event.end] : [])));
    expect([...waits].sort()).toEqual(ends);
  });

  test('a run is the same each time', () => {
    const [one, other] = [run('{ size: 20 }'), run('{ size: 20 }')];
    expect(JSON.stringify(one.events)).toBe(JSON.stringify(other.events));
  });
});
