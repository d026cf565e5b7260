import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { summarise } from '../../report/summary.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { ON_ITS_OWN } from '../../workload/schedule.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

const run = runEvent({ host: 'simulate', warmUpMs: 0, durationMs: 10_000, requests: 0 });

const reading = (node: string, atMs: number, more: Partial<Extract<Event, { kind: 'energy' }>> = {}): Event => ({
  kind: 'energy',
  atMs,
  node,
  durationMs: 5000,
  joules: 1000,
  promptTokens: 500,
  outputTokens: 2000,
  usd: null,
  gCo2: null,
  busyMs: 2500,
  cappedMs: 0,
  throttledMs: 0,
  outMs: 0,
  maxTempC: null,
  batteryShare: null,
  ...more,
});

const summaryOf = (events: readonly Event[]) => summarise([run, ...events, ended()], { machine: 'm' });
const energyOf = (events: readonly Event[]) => summaryOf(events).runs[0]!.figures.energy!;

describe('the energy of a run', () => {
  test('adds up over readings and nodes', () => {
    const known = { usd: 0.001, gCo2: 2, batteryShare: 0.4, maxTempC: 50 };
    const { overall, byNode } = energyOf([
      reading('a', 5000, known),
      reading('a', 10_000, { ...known, joules: 3000, throttledMs: 1250, cappedMs: 2500, maxTempC: 70 }),
      reading('b', 10_000, { ...known, durationMs: 10_000, outputTokens: 0, outMs: 10_000 }),
    ]);
    expect(byNode.a).toEqual({
      joules: 4000,
      meanW: 400,
      outputTokens: 4000,
      jPerOutputToken: 1,
      usd: 0.002,
      usdPerMillionTokens: 0.5,
      answers: 0,
      usdPerAnswer: null,
      gCo2: 4,
      gCo2PerMillionTokens: 1000,
      cappedShare: 0.5,
      throttledShare: 0.25,
      outShare: 0,
      maxTempC: 70,
      leastBatteryShare: 0.4,
    });
    expect(byNode.b).toMatchObject({ jPerOutputToken: null, usdPerMillionTokens: null, outShare: 1 });
    expect(overall).toMatchObject({ joules: 5000, meanW: 500, jPerOutputToken: 1.25, outShare: 0.5 });
  });

  test('is not known in money where one node of it is not', () => {
    const { overall, byNode } = energyOf([reading('a', 5000, { usd: 1 }), reading('b', 5000)]);
    expect([byNode.a!.usd, byNode.b!.usd, overall.usd, overall.usdPerMillionTokens]).toEqual([1, null, null, null]);
  });

  test('is nothing where no node was metered', () => {
    expect(summaryOf([]).runs[0]!.figures.energy).toBeNull();
  });
});

test('the terminal has an energy table only where price, cap, heat or outage matter', () => {
  const hasTable = (more: Parameters<typeof reading>[2]): boolean =>
    terminalReport(summaryOf([reading('a', 5000, more)])).some((line) => line.includes('J/token'));
  expect(hasTable({})).toBe(false);
  for (const more of [{ usd: 1 }, { gCo2: 1 }, { cappedMs: 1000 }, { outMs: 1000 }, { maxTempC: 50 }]) {
    expect(hasTable(more)).toBe(true);
  }
});

describe('the stranded-power scenario, simulated', () => {
  const scenario = parseScenario(readFileSync('scenarios/stranded-power.yaml', 'utf8'), 'x.yaml', { durationS: 60 });
  const topology = topologyOf(scenario);
  const schedule = Array.from({ length: 600 }, (_, id) => ({
    id,
    client: 'london',
    atMs: id * 100,
    promptTokens: 300,
    outputTokens: 150,
    maxOutputTokens: 256,
    ...ON_ITS_OWN,
  }));
  const logOf = (policy: string, of = { scenario, topology }): readonly Event[] => {
    const events: Event[] = [{ ...run, durationMs: 60_000, requests: 600 }];
    for (const _ of simulate({ ...of, schedule, policy, emit: (event) => events.push(event) }));
    return events;
  };

  test('writes the same log twice, byte for byte, and no event out of order', () => {
    const events = logOf('ephemeris');
    expect(JSON.stringify(logOf('ephemeris'))).toBe(JSON.stringify(events));
    const readings = events.filter(({ kind }) => kind === 'energy');
    expect(readings.length).toBeGreaterThan(60);
    for (const [index, { atMs }] of readings.entries())
      expect(atMs).toBeGreaterThanOrEqual(readings[index - 1]?.atMs ?? 0);
  });

  test('accounts for every node from the start of the run to its end', () => {
    const readings = logOf('ephemeris').filter((event) => event.kind === 'energy');
    const byNode = Map.groupBy(readings, ({ node }) => node);
    const accountedMs = [...byNode.values()].map((all) =>
      Math.round(all.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    );
    const [first, ...others] = accountedMs;
    expect(first).toBeGreaterThanOrEqual(60_000);
    expect(others).toEqual(Array.from({ length: 6 }, () => first));
  });

  test('fails the answers of a node that loses its power, and sends what comes elsewhere', () => {
    const text = readFileSync('scenarios/stranded-power.yaml', 'utf8').replace(
      'carbonGPerKwh: 24 }',
      'carbonGPerKwh: 24, events: [{ fromS: 20, forS: 20, share: 0 }] }',
    );
    const dark = parseScenario(text, 'x.yaml', { durationS: 60 });
    const events = logOf('ephemeris', { scenario: dark, topology: topologyOf(dark) });
    const failed = events.filter((event) => event.kind === 'finished' && event.outcome === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const event of failed) expect(event).toMatchObject({ status: 'UNAVAILABLE' });
    expect(failed.every(({ atMs }) => atMs > 20_000 && atMs < 41_000)).toBe(true);
    const sentTo = new Map<string, string>();
    for (const event of events) {
      if (event.kind === 'routed') sentTo.set(`${event.request} ${event.attempt}`, event.endpoint);
      if (event.kind === 'received')
        expect(sentTo.get(`${event.request} ${event.attempt}`)).toMatch(new RegExp(`^${event.node}/`));
    }
    expect(events.some((event) => event.kind === 'served' && event.attempt === 2)).toBe(true);
    const answered = events.filter((event) => event.kind === 'finished' && event.outcome === 'answered');
    expect(failed.length + answered.length).toBe(600);
    for (const event of answered) expect(event).toMatchObject({ tokens: 150 });
    expect(answered.filter(({ atMs }) => atMs > 22_000 && atMs < 40_000).length).toBeGreaterThan(100);
  });

  test('costs less carbon and money under a policy with prices for them', () => {
    const [blind, told] = ['least-request', 'ephemeris'].map(
      (policy) => summarise(logOf(policy), { machine: 'm' }).runs[0]!.figures.energy!.overall,
    );
    expect(told!.gCo2PerMillionTokens!).toBeLessThan(0.7 * blind!.gCo2PerMillionTokens!);
    expect(told!.usd!).toBeLessThan(blind!.usd!);
  });
});

test('money is told by provider: for a million tokens, and for an answer of its nodes', () => {
  const providers = { a: 'north', b: 'north', c: 'south' };
  const events = [
    ...['a', 'b', 'c'].map((node) => reading(node, 10_000, { usd: node === 'c' ? null : 0.003 })),
    ...requestEvents(0, 2000, { endpoint: 'a/fibre' }),
    ...requestEvents(1, 2000, { endpoint: 'east/b/laser' }),
    ...requestEvents(2, 2000, { endpoint: 'b/laser', outcome: 'failed' }),
    ...requestEvents(3, 2000, { endpoint: 'c/laser' }),
  ];
  const summary = summarise([{ ...run, requests: 4, providers }, ...events, ended()], { machine: 'm' });
  const { byProvider, overall } = summary.runs[0]!.figures.energy!;
  expect(byProvider.north).toMatchObject({
    outputTokens: 4000,
    usdPerMillionTokens: 1.5,
    answers: 2,
    usdPerAnswer: 0.003,
  });
  expect(byProvider.south).toMatchObject({ usdPerMillionTokens: null, answers: 1, usdPerAnswer: null });
  expect(overall).toMatchObject({ answers: 3, usdPerAnswer: null });
  expect(terminalReport(summary).join('\n')).toMatch(/provider north +0\.500 +1\.500 +3\.000 /);
});
