/** A fleet and its load, once under one router and once under ten. */
export interface HerdingCase {
  readonly name: string;
  /** For people. */
  readonly what: string;
  readonly nodes: Readonly<Record<string, number>>;
  /** Of all users together. */
  readonly ratePerS: number;
  /** Where the routers are, one each; the one router is where the first is, and all their users call it then. */
  readonly routers: readonly string[];
}

const cityOf = {
  london: { latDeg: 51.51, lonDeg: -0.13 },
  paris: { latDeg: 48.86, lonDeg: 2.35 },
  madrid: { latDeg: 40.42, lonDeg: -3.7 },
  milan: { latDeg: 45.46, lonDeg: 9.19 },
  stockholm: { latDeg: 59.33, lonDeg: 18.07 },
  warsaw: { latDeg: 52.23, lonDeg: 21.01 },
  dublin: { latDeg: 53.35, lonDeg: -6.26 },
  vienna: { latDeg: 48.21, lonDeg: 16.37 },
  zurich: { latDeg: 47.38, lonDeg: 8.54 },
  amsterdam: { latDeg: 52.37, lonDeg: 4.9 },
  frankfurt: { latDeg: 50.11, lonDeg: 8.68 },
};

const LONDON: readonly string[] = Array(10).fill('london');

const CITIES = Object.keys(cityOf).slice(0, 10);

export const HERDING_CASES: readonly HerdingCase[] = [
  {
    name: 'light',
    what: 'ten routers in one place, twelve nodes that are about half used',
    nodes: { frankfurt: 12 },
    ratePerS: 80,
    routers: LONDON,
  },
  {
    name: 'busy',
    what: 'the same at twice the load',
    nodes: { frankfurt: 12 },
    ratePerS: 160,
    routers: LONDON,
  },
  {
    name: 'regions',
    what: 'a router in each of ten cities, twelve nodes in two of them',
    nodes: { frankfurt: 6, paris: 6 },
    ratePerS: 120,
    routers: CITIES,
  },
  {
    name: 'many',
    what: 'ten routers in one place, twenty-four nodes: policies compare two that they draw, no longer all',
    nodes: { frankfurt: 24 },
    ratePerS: 240,
    routers: LONDON,
  },
];

/** Those that an operator may choose from, and `random`, for which it makes no difference who sends. */
export const HERDING_POLICIES: readonly string[] = [
  'random',
  'round-robin',
  'least-request',
  'peak-ewma',
  'c3',
  'prequal',
  'orca-weighted',
  'load-aware-locality',
  'llm-d',
  'lmetric',
  'kv-overlap',
  'gorgo',
  'ephemeris',
];

const WARM_UP_S = 15;
const DURATION_S = 60;

/** The scenario of a case, as a value that YAML can hold, under one router or ten. `signals` is what nodes report beside their answers. */
export const herdingScenario = (
  { nodes, ratePerS, routers }: HerdingCase,
  count: 'one' | 'ten',
  signals: object = {},
): object => {
  const named = routers.map((site, index) => ({ site, name: `router-${index + 1}`, users: `users-${index + 1}` }));
  return {
    schema: 1,
    name: 'herding',
    epoch: '2026-01-01T00:00:00Z',
    durationS: DURATION_S,
    warmUpS: WARM_UP_S,
    drainS: 20,
    sites: cityOf,
    router: {
      maxAttempts: 1,
      knowledge: { kind: 'ephemeris' },
      health: { intervalMs: 0 }, // what a policy does by itself
      policies: { 'orca-weighted': { blackoutS: 2 } },
      ...signals,
      ...(count === 'one' ? { site: routers[0] } : {}),
    },
    ...(count === 'ten'
      ? { routers: Object.fromEntries(named.map(({ name, site, users }) => [name, { site, serves: [users] }])) }
      : {}),
    clients: Object.fromEntries(named.map(({ users, site }) => [users, { site, access: { kind: 'fibre' } }])),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([site, number]) => [
        site,
        { site, media: ['fibre'], profile: 'h100-llama8b', count: number },
      ]),
    ),
    load: { ratePerS, arrivals: 'poisson', maxOutputTokens: 256 },
  };
};
