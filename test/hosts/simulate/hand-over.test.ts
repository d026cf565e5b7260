import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ON_ITS_OWN, type Schedule } from '../../../workload/schedule.ts';

const pair = readFileSync('test/scenarios/pair.yaml', 'utf8').replace(
  'router: { site: london }',
  'router: { site: london, reaches: [ashburn] }',
);

/** A request of 200 tokens of prompt and 40 of answer each 100 ms. */
const schedule: Schedule = Array.from({ length: 25 }, (_, id) => ({
  id,
  client: 'london',
  atMs: id * 100,
  promptTokens: 200,
  outputTokens: 40,
  maxOutputTokens: 40,
  ...ON_ITS_OWN,
}));

const eventsWith = (faults: readonly string[], ...set: readonly string[]): readonly Event[] => {
  const timeline = faults.map((fault) => `    - ${fault}\n`).join('');
  const text = faults.length === 0 ? pair : `${pair}\nfaults:\n  token: a-token-of-this-test\n  timeline:\n${timeline}`;
  const scenario = parseScenario(text, 'x.yaml', { set });
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy: 'round-robin', emit }));
  return events;
};

type Of<K extends Event['kind']> = Extract<Event, { kind: K }>;
const of = <K extends Event['kind']>(events: readonly Event[], kind: K): readonly Of<K>[] =>
  events.filter((event): event is Of<K> => event.kind === kind);
const outcomes = (events: readonly Event[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(of(events, 'finished'), ({ outcome }) => outcome)].map(([name, all]) => [name, all.length]),
  );
const tokensOf = (events: readonly Event[], node: string) => {
  const used = of(events, 'energy').filter((event) => event.node === node);
  const sum = (name: 'promptTokens' | 'outputTokens') => used.reduce((total, event) => total + event[name], 0);
  return { prompt: sum('promptTokens'), output: sum('outputTokens') };
};
/** The longest time between two tokens of an answer in the middle of the run. */
const longestGapMs = (events: readonly Event[]): number =>
  of(events, 'finished').find(({ request }) => request === 20)!.gaps!.maxMs;

const near = ['nodes.ashburn.decodesAt=frankfurt', 'nodes.frankfurt.site=ashburn'];

describe('a simulated node that hands answers over', () => {
  test('counts prompts and first tokens, and the other one all further tokens', () => {
    const events = eventsWith([], ...near);
    expect(outcomes(events)).toEqual({ answered: 25 });
    expect(tokensOf(events, 'ashburn')).toEqual({ prompt: 25 * 200, output: 25 });
    expect(tokensOf(events, 'frankfurt')).toEqual({ prompt: 0, output: 25 * 39 });
    for (const { tokens } of of(events, 'finished')) expect(tokens).toBe(40);
  });

  test('lets users wait for the transfer, between two sites for the way there and back, too', () => {
    const [fast, slow, far] = [
      eventsWith([], ...near),
      eventsWith([], ...near, 'nodes.ashburn.transfer.gbps=2'),
      eventsWith([], near[0]!, 'nodes.ashburn.transfer.gbps=2'),
    ].map(longestGapMs) as [number, number, number];
    expect(slow - fast).toBeGreaterThan((200 * 131_072 * 8) / 2e6 - 15);
    expect(far - slow).toBeGreaterThan(2 * 44.9 - 15);
  });

  test('fails what the other one holds when that crashes, and answers by itself until it is back', () => {
    const events = eventsWith(['{ atS: 1.5, node: frankfurt, kind: crash }'], ...near);
    const { answered = 0, failed = 0 } = outcomes(events);
    expect(failed).toBeGreaterThan(0);
    expect(answered + failed).toBe(25);
    expect(tokensOf(events, 'ashburn').output).toBeGreaterThan(25 + 5 * 39);
  });

  test.each(['hang', 'blackhole'])('answers by itself during a %s of the other', (kind) => {
    const events = eventsWith([`{ atS: 0, forS: 20, node: frankfurt, kind: ${kind} }`], ...near);
    expect(outcomes(events)).toEqual({ answered: 25 });
    expect(tokensOf(events, 'frankfurt').output).toBe(0);
  });

  test('gives what was held back when a blackhole of the other is over', () => {
    const events = eventsWith(['{ atS: 1.5, forS: 1, node: frankfurt, kind: blackhole }'], ...near);
    expect(outcomes(events)).toEqual({ answered: 25 });
    expect(Math.max(...of(events, 'finished').map(({ gaps }) => gaps!.maxMs))).toBeGreaterThan(900);
  });
});
