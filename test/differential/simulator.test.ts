import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { runPlan } from '../../hosts/run-plan.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { topologyOf } from '../../scenario/topology.ts';

const golden = (name: string): string => fileURLToPath(new URL(`../golden/simulator/${name}`, import.meta.url));

const POLICIES = ['round-robin', 'least-request', 'peak-ewma', 'ephemeris', 'oracle'];

interface Row {
  readonly endpoints: string[];
  firstTokenAtMs?: number;
  finishedAtMs?: number;
  outcome?: string;
  tokens?: number;
}

/** Each request of a run, by its number. */
const rowsOf = (events: readonly Event[]): ReadonlyMap<number, Row> => {
  const rows = new Map<number, Row>();
  for (const event of events) {
    if (!('request' in event)) continue;
    const row = rows.get(event.request) ?? { endpoints: [] };
    rows.set(event.request, row);
    if (event.kind === 'routed') row.endpoints.push(event.endpoint);
    if (event.kind === 'first-token') row.firstTokenAtMs = event.atMs;
    if (event.kind !== 'finished') continue;
    row.finishedAtMs = event.atMs;
    row.outcome = event.outcome;
    row.tokens = event.tokens;
  }
  return rows;
};

/** `atMs` as the recorded log gives it: to a tenth of a microsecond. */
const instant = (atMs: number | undefined): string => (atMs === undefined ? '' : `${Math.round(atMs * 1e4) / 1e4}`);

test.each([
  { scenario: 'atlantic', seed: 3, durationS: 30, ratePerS: 6 },
  { scenario: 'atlantic', seed: 4, durationS: 30, ratePerS: 6 },
  { scenario: 'orbital', seed: 3, durationS: 30, ratePerS: 4 },
  { scenario: 'stranded-power', seed: 3, durationS: 40, ratePerS: 4 },
  { scenario: 'overload', seed: 11, durationS: 60, ratePerS: 0.7 },
  { scenario: 'tcp', seed: 5, durationS: 20, ratePerS: 3 },
])('$scenario under seed $seed: every request has the endpoints, first token and end that it had', (run) => {
  const { scenario: name, ...overrides } = run;
  const plan = runPlan({ file: golden(`${name}.yaml`), policies: POLICIES, overrides, simulated: true });
  const { scenario, schedule } = plan;
  const topology = topologyOf(scenario);
  const [, ...recorded] = readFileSync(golden(`${name}-${run.seed}.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  const rows = POLICIES.flatMap((policy) => {
    const events: Event[] = [];
    for (const _ of simulate({ scenario, topology, schedule, policy, emit: (event) => events.push(event) })) void _;
    return [...rowsOf(events)]
      .sort(([a], [b]) => a - b)
      .map(([request, { endpoints, firstTokenAtMs, finishedAtMs, outcome, tokens }]) =>
        [policy, request, endpoints.join(' '), instant(firstTokenAtMs), instant(finishedAtMs), outcome, tokens].join(
          ',',
        ),
      );
  });
  expect(rows).toEqual(recorded);
});
