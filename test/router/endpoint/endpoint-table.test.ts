import { describe, expect, test } from 'vitest';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { type Forecast, noForecast } from '../../../router/endpoint/forecast.ts';
import type { PromptInFlight } from '../../../router/endpoint/node-load.ts';
import { loadReport } from '../load-report-fixture.ts';

const specs = [
  { name: 'ashburn-1/fibre', node: 'ashburn-1', medium: 'fibre' },
  { name: 'ashburn-1/laser', node: 'ashburn-1', medium: 'laser' },
  { name: 'paris-1/fibre', node: 'paris-1', medium: 'fibre' },
];

const candidatesOf = (table: EndpointTable): number[] => [...table.candidates.subarray(0, table.candidateCount)];
const prompt = (promptTokens: number, arrivesAtMs = 0): PromptInFlight => ({
  promptTokens,
  arrivesAtMs,
  isUnreported: true,
  place: -1,
});

describe('candidates', () => {
  test('are the available endpoints', () => {
    const table = new EndpointTable(specs);
    table.setAvailable(1, false);
    table.refreshCandidates(0);
    expect(candidatesOf(table)).toEqual([0, 2]);
    table.setAvailable(1, true);
    table.refreshCandidates(0);
    expect(candidatesOf(table)).toEqual([0, 1, 2]);
  });

  test('leave out a path while it is known to be down', () => {
    const forecast: Forecast = {
      ...noForecast,
      isUpAt: (endpoint, atMs) => endpoint !== 1 || atMs < 100 || atMs >= 200,
      nextChangeAfter: (_endpoint, nowMs) => (nowMs < 100 ? 100 : nowMs < 200 ? 200 : Number.POSITIVE_INFINITY),
    };
    const table = new EndpointTable(specs, { forecast });
    const seen = [0, 99, 100, 199, 200].map((nowMs) => {
      table.refreshCandidates(nowMs);
      return candidatesOf(table).includes(1);
    });
    expect(seen).toEqual([true, true, false, false, true]);
  });

  test('are all available ones where every path is known to be down, since a short outage only delays', () => {
    const table = new EndpointTable(specs, { forecast: { ...noForecast, isUpAt: () => false } });
    table.setAvailable(0, false);
    table.refreshCandidates(0);
    expect(candidatesOf(table)).toEqual([1, 2]);
  });

  test('leave out those already tried, for that one pick', () => {
    const table = new EndpointTable(specs);
    table.refreshCandidates(0, [0, 2]);
    expect(candidatesOf(table)).toEqual([1]);
    table.refreshCandidates(0);
    expect(candidatesOf(table)).toEqual([0, 1, 2]);
  });
});

describe('the load of a node', () => {
  test('is shared by its endpoints', () => {
    const table = new EndpointTable(specs);
    table.begin(0, prompt(500));
    table.begin(1, prompt(300));
    expect(table.nodeOf[0]).toBe(table.nodeOf[1]);
    expect(table.nodes.unreportedPromptTokens[table.nodeOf[0]!]).toBe(800);
    expect([...table.outstanding]).toEqual([1, 1, 0]);
  });

  test('removes from our count the prompts that a report includes, and keeps those on their way', () => {
    const table = new EndpointTable(specs);
    table.begin(0, prompt(500, 40));
    table.begin(1, prompt(300, 60));
    table.report(0, loadReport({ atMs: 50, pendingPromptTokens: 500 }));
    expect(table.nodes.unreportedPromptTokens[0]).toBe(300);
    expect(table.nodes.pendingPromptTokens[0]).toBe(500);
  });

  test('counts a prompt out once, at its first message or its end', () => {
    const table = new EndpointTable(specs);
    const sent = prompt(500);
    table.begin(0, sent);
    table.firstMessage(0, sent);
    table.end(0, sent);
    expect(table.nodes.unreportedPromptTokens[0]).toBe(0);
    expect(table.outstanding[0]).toBe(0);
  });

  test('ignores a report that is older than the one it has', () => {
    const table = new EndpointTable(specs);
    table.report(0, loadReport({ atMs: 50, running: 4 }));
    table.report(1, loadReport({ atMs: 40, running: 9 }));
    expect(table.nodes.running[0]).toBe(4);
  });
});
