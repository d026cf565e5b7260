/** A scenario whose simulation is measured. */
export interface SimulateCase {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  readonly policy: string;
  readonly ratePerS: number;
  /** Simulated seconds. */
  readonly durationS: number;
  /** The same of a shorter simulation, which is mostly its start; above the scenario's `warmUpS`. */
  readonly shortS: number;
  /** What it measures: requests, or, with hardly any request, links. */
  readonly counts: 'requests' | 'links';
  /** Whether it takes minutes: such a case is measured where it is named. */
  readonly isLong?: boolean;
}

const ATLANTIC = { file: 'scenarios/atlantic.yaml', policy: 'round-robin', ratePerS: 20 } as const;
const FORTY = { file: 'benchmarks/simulate/forty-nodes.yaml', policy: 'round-robin', ratePerS: 200 } as const;
const PLANET = { file: 'scenarios/planet.yaml', policy: 'round-robin', ratePerS: 20_000 } as const;

/** The cases of `npm run bench:simulate`. Durations make each take seconds; `million` shows what memory does over a million requests. */
export const CASES: readonly SimulateCase[] = [
  { ...ATLANTIC, name: 'atlantic-20', durationS: 300, shortS: 30, counts: 'requests' },
  { ...ATLANTIC, name: 'atlantic-20-ephemeris', policy: 'ephemeris', durationS: 300, shortS: 30, counts: 'requests' },
  { ...FORTY, name: 'forty-nodes-200', durationS: 60, shortS: 6, counts: 'requests' },
  { ...ATLANTIC, name: 'links', ratePerS: 0.02, durationS: 900, shortS: 90, counts: 'links' },
  { ...PLANET, name: 'planet', durationS: 6, shortS: 3, counts: 'requests', isLong: true },
  { ...FORTY, name: 'million', durationS: 5000, shortS: 500, counts: 'requests', isLong: true },
];

/** A case for a fraction of its time: what both take is the start. */
export const shortened = (of: SimulateCase): SimulateCase => ({ ...of, durationS: of.shortS });
