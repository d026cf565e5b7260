import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { planOf } from '../../../hosts/run-plan.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { runFaults } from '../../../report/run-faults.ts';
import { RunTally } from '../../../report/run-tally.ts';
import { parseScenario } from '../../../scenario/scenario.ts';

const pair = readFileSync('test/scenarios/pair.yaml', 'utf8');

/** The pair of nodes under another load. */
const runOf = (load: string, { maxInFlight = 4096, policy = 'round-robin', faults = '' } = {}) => {
  const text = pair.replace(/^load: .*$/m, `load: { ${load}, maxInFlight: ${maxInFlight} }${faults}`);
  const scenario = parseScenario(text, 'x.yaml', { durationS: 20 });
  const plan = planOf(scenario, { overrides: {}, commit: null, repetition: 1 });
  const run = plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' });
  const events: Event[] = [];
  const { topology, schedule } = plan;
  for (const _ of simulate({ scenario, topology, schedule, policy, emit: (event) => void events.push(event) }));
  const tally = new RunTally(run);
  for (const event of events) tally.add(event);
  return { run, schedule, events, tally, faults: runFaults(tally, tally.figures()) };
};

const ofKind = <Kind extends Event['kind']>(events: readonly Event[], kind: Kind) =>
  events.filter((event): event is Extract<Event, { kind: Kind }> => event.kind === kind);

const USERS = 'users: 6, classes: { talk: { kind: chat, turns: 3, openingTokens: 40, outputTokens: 20, thinkS: 1 } }';

describe('users who take turns, in a simulation', () => {
  test('ask a pause after each answer ended, counted from there, one request at a time', () => {
    const { events, schedule } = runOf(USERS);
    const ended = new Map(ofKind(events, 'finished').map(({ request, atMs }) => [request, atMs]));
    const sent = ofKind(events, 'sent');
    expect(sent.length).toBeGreaterThan(60);
    for (const { request, intendedAtMs, atMs } of sent) {
      expect(atMs).toBe(intendedAtMs);
      const before = ended.get(request - schedule.length);
      if (before !== undefined) expect(intendedAtMs).toBeCloseTo(before + 1000, 6);
    }
  });

  test('every request is accounted for: those of the schedule, and as many as followed', () => {
    const { run, events, tally, faults } = runOf(USERS);
    const [followed] = ofKind(events, 'followed');
    expect(followed!.requests + run.requests).toBe(ofKind(events, 'sent').length);
    expect([...tally.requests.records()]).toHaveLength(followed!.requests + run.requests);
    expect(faults).toEqual([]);
    expect(run.slo.byClass).toEqual({ talk: { ttftMs: run.slo.ttftMs, tpotMs: run.slo.tpotMs } });
  });

  test('a log from which one of them is missing says so', () => {
    const { run, events } = runOf(USERS);
    const lost = ofKind(events, 'sent').at(-1)!.request;
    const tally = new RunTally(run);
    for (const event of events) if (!('request' in event) || event.request !== lost) tally.add(event);
    expect(runFaults(tally, tally.figures())).toEqual([
      expect.stringMatching(/^the log has (\d+) of the (\d+) requests/),
    ]);
  });

  test('a user whose request was dropped asks again after a second', () => {
    const { events } = runOf('users: 6, classes: { talk: { kind: chat, turns: 3, outputTokens: 1000, thinkS: 0 } }', {
      maxInFlight: 2,
    });
    expect(ofKind(events, 'finished').filter(({ outcome }) => outcome === 'dropped').length).toBeGreaterThan(20);
    expect(ofKind(events, 'sent').length).toBeLessThan(6 * 21);
  });

  test('I1: whatever goes wrong, every request ends exactly once, and users go on', () => {
    const timeline =
      '[{ atS: 4, node: ashburn, kind: crash }, { atS: 9, forS: 3, node: frankfurt, kind: fail, code: 14 }]';
    const { run, events, faults } = runOf(USERS, {
      faults: `\nfaults: { token: a-token-of-this-test, timeline: ${timeline} }`,
    });
    const sent = ofKind(events, 'sent').map(({ request }) => request);
    const finished = ofKind(events, 'finished');
    expect(finished.map(({ request }) => request).sort()).toEqual([...sent].sort());
    expect(new Set(sent).size).toBe(sent.length);
    expect(finished.some(({ outcome }) => outcome === 'failed')).toBe(true);
    expect(ofKind(events, 'followed')[0]!.requests + run.requests).toBe(sent.length);
    expect(ofKind(events, 'sent').filter(({ intendedAtMs }) => intendedAtMs > 15_000).length).toBeGreaterThan(10);
    expect(faults).toEqual([]);
  });

  test('the same scenario gives the same log, twice', () => {
    expect(runOf(USERS).events).toEqual(runOf(USERS).events);
  });
});
