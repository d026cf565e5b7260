/** A scenario whose simulation is measured. */
export interface SimulateCase {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  readonly policy: string;
  readonly ratePerS: number;
  /** Simulated seconds. */
  readonly durationS: number;
  /** What it measures: requests, or, with hardly any request, links. */
  readonly counts: 'requests' | 'links';
}

const ATLANTIC = 'scenarios/atlantic.yaml';
const FORTY = 'benchmarks/simulate/forty-nodes.yaml';

/** The cases of `npm run bench:simulate`. Durations make each take seconds. */
export const CASES: readonly SimulateCase[] = [
  { name: 'atlantic-20', file: ATLANTIC, policy: 'round-robin', ratePerS: 20, durationS: 300, counts: 'requests' },
  {
    name: 'atlantic-20-ephemeris',
    file: ATLANTIC,
    policy: 'ephemeris',
    ratePerS: 20,
    durationS: 300,
    counts: 'requests',
  },
  { name: 'forty-nodes-200', file: FORTY, policy: 'round-robin', ratePerS: 200, durationS: 60, counts: 'requests' },
  { name: 'links', file: ATLANTIC, policy: 'round-robin', ratePerS: 0.02, durationS: 900, counts: 'links' },
];

/** A case for a fraction of its time: what both take is the start. */
export const shortened = (of: SimulateCase): SimulateCase => ({ ...of, durationS: Math.ceil(of.durationS / 10) });
