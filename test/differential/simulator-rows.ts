import { fileURLToPath } from 'node:url';
import type { Event } from '../../core/event/event.ts';
import { runPlan } from '../../hosts/run-plan.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { topologyOf } from '../../scenario/topology.ts';

/** Not ephemeris, whose choices are to get better. */
const POLICIES = ['round-robin', 'least-request', 'peak-ewma', 'oracle'];

/** A run that was recorded: `golden/simulator/<scenario>.yaml` under these conditions. */
export interface RecordedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly durationS: number;
  readonly ratePerS: number;
}

/** The `calm` ones have no boundary events: they are older than the way in which those are drawn. */
export const RECORDED_RUNS: readonly RecordedRun[] = [
  { scenario: 'atlantic', seed: 3, durationS: 30, ratePerS: 6 },
  { scenario: 'atlantic', seed: 4, durationS: 30, ratePerS: 6 },
  { scenario: 'orbital', seed: 3, durationS: 30, ratePerS: 4 },
  { scenario: 'stranded-power', seed: 3, durationS: 40, ratePerS: 4 },
  { scenario: 'overload', seed: 11, durationS: 60, ratePerS: 0.7 },
  { scenario: 'atlantic-calm', seed: 3, durationS: 30, ratePerS: 6 },
  { scenario: 'orbital-calm', seed: 3, durationS: 30, ratePerS: 4 },
  { scenario: 'tcp', seed: 5, durationS: 20, ratePerS: 3 },
];

export const golden = (name: string): string => fileURLToPath(new URL(`../golden/simulator/${name}`, import.meta.url));

/** What the simulator of today answers: a line for each policy and request. */
export const simulatorRows = ({ scenario: name, ...overrides }: RecordedRun): readonly string[] => {
  const plan = runPlan({ file: golden(`${name}.yaml`), policies: POLICIES, overrides, simulated: true });
  const { scenario, schedule } = plan;
  const topology = topologyOf(scenario);
  return POLICIES.flatMap((policy) => {
    const events: Event[] = [];
    for (const _ of simulate({ scenario, topology, schedule, policy, emit: (event) => events.push(event) })) void _;
    return [...requestsOf(events)]
      .sort(([a], [b]) => a - b)
      .map(([request, { endpoints, firstTokenAtMs, finishedAtMs, outcome, tokens }]) =>
        [policy, request, endpoints.join(' '), instant(firstTokenAtMs), instant(finishedAtMs), outcome, tokens].join(
          ',',
        ),
      );
  });
};

interface Recorded {
  readonly endpoints: string[];
  firstTokenAtMs?: number;
  finishedAtMs?: number;
  outcome?: string;
  tokens?: number;
}

/** Each request of a run, by its number. */
const requestsOf = (events: readonly Event[]): ReadonlyMap<number, Recorded> => {
  const rows = new Map<number, Recorded>();
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
