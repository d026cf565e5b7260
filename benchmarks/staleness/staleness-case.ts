/** What the nodes serve, as a share of what they sustain. */
export const UTILISATIONS: readonly number[] = [0.3, 0.6, 0.8, 0.9, 0.95];

/** How much later than it comes a report counts, in milliseconds. Nodes report each 100 ms. */
export const AGES_MS: readonly number[] = [0, 100, 1000, 5000, 15_000];

/** Those that go by reports. The first two predict the time to the first token. */
export const STALE_POLICIES: readonly string[] = ['ephemeris', 'gorgo', 'llm-d', 'orca-weighted'];

/** For comparison: it uses no reports, so that their age is nothing to it. */
export const CONTROL = 'peak-ewma';

export const WARM_UP_S = 20;

const SITES = {
  london: { latDeg: 51.51, lonDeg: -0.13 },
  frankfurt: { latDeg: 50.11, lonDeg: 8.68 },
};

/**
 * A router in London and six nodes in Frankfurt, of two speeds, as a value that YAML can hold. With `ageMs` reports come out of band alone, each 100 ms, and count
 * so much later; without it as they usually do.
 */
export const stalenessScenario = (of: {
  readonly ratePerS: number;
  readonly ageMs: number | null;
  readonly durationS: number;
}): object => ({
  schema: 1,
  name: 'staleness',
  epoch: '2026-01-01T00:00:00Z',
  durationS: of.durationS,
  warmUpS: WARM_UP_S,
  drainS: 60,
  sites: SITES,
  router: {
    site: 'london',
    maxAttempts: 1,
    knowledge: { kind: 'ephemeris' },
    health: { intervalMs: 0 }, // what a policy does by itself
    ...(of.ageMs === null ? {} : { signals: { inBand: false, outOfBand: { everyMs: 100 }, delayMs: of.ageMs } }),
    policies: { ephemeris: { objective: 'ttft' }, 'orca-weighted': { blackoutS: 2 } },
  },
  clients: { users: { site: 'london', access: { kind: 'fibre' } } },
  nodes: {
    fast: { site: 'frankfurt', media: ['fibre'], profile: 'h100-llama8b', count: 3 },
    slow: { site: 'frankfurt', media: ['fibre'], profile: 'l40s-llama8b', count: 3 },
  },
  load: { ratePerS: of.ratePerS, arrivals: 'poisson', maxOutputTokens: 256 },
});
