/** Groups of equal nodes by name, each at a place; the router and its users are in London. */
export interface NodeGroup {
  readonly profile: string;
  readonly count: number;
  readonly site?: FleetSite;
}

export type FleetSite = 'london' | 'frankfurt' | 'singapore';

const SITES = {
  london: { latDeg: 51.5074, lonDeg: -0.1278 },
  frankfurt: { latDeg: 50.1109, lonDeg: 8.6821 },
  singapore: { latDeg: 1.3521, lonDeg: 103.8198 },
};

/** Agents with shorter prompts than those of the kind's defaults, so that a few nodes serve many of them: 4000 tokens that all share, and turns. */
export const AGENTS = {
  kind: 'coding-agent',
  share: 1,
  systemTokens: 4000,
  tasks: { mean: 3, cv: 1 },
  steps: { mean: 5, cv: 1 },
  toolTokens: { mean: 400, cv: 1 },
  outputTokens: { mean: 150, cv: 1 },
};

/** A scenario with that fleet. Health checks are off, so that policies are seen by themselves, and a request is tried once. */
export const fleetScenario = (of: {
  readonly nodes: Readonly<Record<string, NodeGroup>>;
  readonly load: object;
  readonly timeline?: readonly object[];
  readonly durationS?: number;
  readonly warmUpS?: number;
  readonly deadlineS?: number;
}): object => ({
  schema: 1,
  name: 'policies',
  epoch: '2026-01-01T00:00:00Z',
  durationS: of.durationS ?? 60,
  warmUpS: of.warmUpS ?? 20,
  drainS: 30,
  sites: SITES,
  router: {
    ejection: { maxShare: 0 }, // what a policy does by itself about nodes that fail
    site: 'london',
    maxAttempts: 1,
    health: { intervalMs: 0 },
    policies: { 'orca-weighted': { blackoutS: 2 } },
  },
  clients: { users: { site: 'london', access: { kind: 'fibre' } } },
  nodes: Object.fromEntries(
    Object.entries(of.nodes).map(([name, { profile, count, site = 'frankfurt' }]) => [
      name,
      { site, media: ['fibre'], profile, count },
    ]),
  ),
  load: { deadlineS: of.deadlineS ?? 20, ...of.load },
  ...(of.timeline === undefined ? {} : { faults: { token: 'nobody-calls-here-16', timeline: of.timeline } }),
});
