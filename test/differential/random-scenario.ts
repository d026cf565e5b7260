import fc from 'fast-check';
import { type PolicyName, policyNames } from '../../router/pick/registry.ts';

const SITES = {
  london: { latDeg: 51.5074, lonDeg: -0.1278, terminal: true },
  lagos: { latDeg: 6.5244, lonDeg: 3.3792 },
  ashburn: { latDeg: 39.0438, lonDeg: -77.4874, terminal: true },
  frankfurt: { latDeg: 50.1109, lonDeg: 8.6821 },
};

const profile = fc.constantFrom('h100-llama8b', 'b200-llama8b', 'rtx4090-llama8b');

/** A node of one medium or two, near or far. Lasers are rare: each takes a second to compute. */
const nodes = fc
  .tuple(profile, profile, fc.integer({ min: 0, max: 5 }), fc.constantFrom(2, 1024))
  .map(([near, far, lasers, maxWaiting]) => ({
    frankfurt: { site: 'frankfurt', media: ['fibre'], profile: near, limits: { maxWaiting } },
    spare: { site: 'frankfurt', media: ['fibre'], profile: far },
    ashburn: { site: 'ashburn', media: lasers === 0 ? ['fibre', 'laser'] : ['fibre'], profile: far },
  }));

const access = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('fibre') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('starlink'), pop: fc.constant('lagos') }) },
);

const fibre = fc.record(
  {
    lossRate: fc.constantFrom(0, 1e-4),
    jitterUs: fc.constantFrom(0, 100, 5000),
    rateKbps: fc.constantFrom(0, 1000, 20_000, 1_000_000),
  },
  { requiredKeys: [] },
);

const transport = fc.record(
  {
    model: fc.constantFrom('tcp', 'tcp', 'tcp', 'ideal'),
    initialWindowSegments: fc.constantFrom(1, 4, 10),
    tickMs: fc.constantFrom(0, 4),
    http2: fc.record({
      streamBytes: fc.constantFrom(16_384, 65_535),
      connectionBytes: fc.constantFrom(16_384, 65_535),
    }),
  },
  { requiredKeys: [] },
);

const atS = fc.integer({ min: 1, max: 70 }).map((tenths) => tenths / 10);
const forS = fc.constantFrom(0.05, 0.4, 1.5, 3);
const node = fc.constantFrom('frankfurt', 'ashburn');

const fault = fc.oneof(
  fc.record({ kind: fc.constantFrom('hang', 'blackhole', 'reset', 'slow'), node, atS, forS }),
  fc.record({ kind: fc.constantFrom('crash', 'goaway', 'drain'), node, atS }),
  fc.record({
    kind: fc.constant('fail'),
    node,
    atS,
    forS,
    share: fc.constantFrom(0.3, 1),
    code: fc.constantFrom(8, 14),
  }),
  fc.record({
    kind: fc.constantFrom('down', 'blackhole'),
    path: fc.constantFrom('frankfurt/fibre', 'ashburn/fibre'),
    atS,
    forS,
  }),
  fc.record({ kind: fc.constant('blackhole'), path: fc.constantFrom('london/access', 'lagos/access'), atS, forS }),
);

/**
 * A scenario with few requests and much that can happen to them, as its text, and a policy to run it under. Losses are rare in it: see
 * the limits in hosts/README.md.
 */
export const randomScenario: fc.Arbitrary<{ readonly text: string; readonly policy: PolicyName }> = fc
  .record({
    seed: fc.nat(1e6),
    policy: fc.constantFrom(...policyNames.filter((name) => name !== 'floor' && name !== 'clairvoyant')), // the reference has neither
    drainS: fc.constantFrom(0, 1, 6),
    nodes,
    access: fc.tuple(access, access),
    network: fc.record({ fibre, transport }),
    health: fc.record({ intervalMs: fc.constantFrom(0, 250), timeoutMs: fc.constantFrom(200, 800) }),
    maxAttempts: fc.constantFrom(1, 2, 3),
    attempts: fc.constantFrom(
      {},
      { hedge: { after: { ms: 80 }, maxShare: 1 } },
      { hedge: { after: { ms: 30 }, boundaryMs: 1000, disjoint: 'any', maxShare: 0.5 }, retry: { atOnce: 0 } },
      { firstTokenTimeout: { ms: 120 } },
      { firstTokenTimeout: { ms: 400 }, hedge: { after: { percentile: 60 }, disjoint: 'node', maxShare: 1 } },
    ),
    load: fc.record({
      ratePerS: fc.constantFrom(3, 15, 40),
      deadlineS: fc.constantFrom(0.4, 2, 60),
      maxInFlight: fc.constantFrom(8, 4096),
      maxOutputTokens: fc.constantFrom(4, 64, 200),
    }),
    timeline: fc.array(fault, { maxLength: 4 }),
  })
  .map(({ seed, policy, drainS, access: [near, far], health, maxAttempts, attempts, timeline, ...rest }) => ({
    policy,
    text: JSON.stringify({
      schema: 1,
      name: 'random',
      epoch: '2026-01-01T00:00:10Z',
      seed,
      durationS: 6,
      warmUpS: 0.5,
      drainS,
      sites: SITES,
      router: { site: 'london', health, maxAttempts, ...attempts },
      clients: {
        london: { site: 'london', access: { kind: 'fibre' } },
        lagos: { site: 'lagos', access: far.kind === 'starlink' ? far : near },
      },
      faults: { token: 'a-token-of-16-characters', timeline },
      ...rest,
    }),
  }));
