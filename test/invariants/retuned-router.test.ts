import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { CLIENT_GONE, endingByNode } from '../../router/attempt/ending.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import { noForecast } from '../../router/endpoint/forecast.ts';
import { madeRouter } from '../../router/made-router.ts';
import type { Observation } from '../../router/observation.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import { livePolicyNames } from '../../router/pick/live-policy.ts';
import { routerSchema } from '../../router/schema.ts';
import { request } from '../contract/policy-contract.ts';
import { arbitraryOfSchema } from '../router/arbitrary-of-schema.ts';

const SIZE = 6;

const NOTHING_SAID = { report: null, pushbackMs: null };
const ENDINGS = [
  endingByNode(grpcStatus.ok, NOTHING_SAID),
  endingByNode(grpcStatus.internal, NOTHING_SAID),
  endingByNode(grpcStatus.resourceExhausted, NOTHING_SAID),
  CLIENT_GONE,
];

/** The limit is small, so that it is often reached. */
const settingsArbitrary = fc
  .tuple(arbitraryOfSchema(routerSchema.omit({ policies: true, knowledge: true })), fc.integer({ min: 1, max: 3 }))
  .map(([settings, maxOutstanding]) => ({ ...settings, maxOutstanding }));

const stepArbitrary = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('begin' as const), id: fc.nat(500) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('first' as const), which: fc.nat() }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(), how: fc.nat(ENDINGS.length - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retune' as const), settings: settingsArbitrary }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('replace' as const), policy: fc.constantFrom(...livePolicyNames) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('available' as const), endpoint: fc.nat(SIZE - 1), is: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('check' as const), serves: fc.boolean() }) },
);

test('whatever valid settings and policies a running router is given, every open attempt stays open and ends exactly once', () => {
  fc.assert(
    fc.property(
      settingsArbitrary,
      fc.array(fc.record({ step: stepArbitrary, afterMs: fc.nat(20_000) }), { maxLength: 60, size: 'max' }),
      (first, steps) => {
        const told: Observation[] = [];
        const router = madeRouter({
          specs: Array.from({ length: SIZE }, (_, index) => ({
            name: `n${index >> 1}/${index % 2 === 0 ? 'fibre' : 'laser'}`,
            node: `n${index >> 1}`,
            medium: index % 2 === 0 ? 'fibre' : 'laser',
          })),
          table: { forecast: { ...noForecast, rttMsAt: (endpoint) => 20 + endpoint } },
          settings: routerSchema.parse(first),
          policy: createPolicy('peak-ewma'),
          rng: seededRng(1)('policy'),
          label: 'router',
          knowsSlots: true,
          observers: [{ observe: (what) => void told.push(what) }],
          picks: null,
        });
        const open: Attempt[] = [];
        let begun = 0;
        let nowMs = 0;
        let { maxOutstanding } = routerSchema.parse(first);
        const isOpenAt = (): number[] => {
          const counts = Array.from({ length: SIZE }, () => 0);
          for (const { endpoint } of open) counts[endpoint] = counts[endpoint]! + 1;
          return counts;
        };
        for (const { step, afterMs } of steps) {
          nowMs += afterMs;
          switch (step.do) {
            case 'begin': {
              const before = isOpenAt();
              const attempt = router.begin({ ...request, id: step.id }, nowMs);
              if (attempt.kind === 'reject') break;
              expect(before[attempt.endpoint]).toBeLessThan(maxOutstanding);
              open.push(attempt);
              begun++;
              break;
            }
            case 'first':
              if (open.length > 0) router.firstMessage(open[step.which % open.length]!, nowMs);
              break;
            case 'end':
              if (open.length > 0) router.end(open.splice(step.which % open.length, 1)[0]!, ENDINGS[step.how]!, nowMs);
              break;
            case 'retune': {
              const settings = routerSchema.parse(step.settings);
              router.retune(settings, nowMs);
              ({ maxOutstanding } = settings);
              expect(router.rules.maxAttempts).toBe(settings.maxAttempts);
              break;
            }
            case 'replace':
              router.replace(createPolicy(step.policy));
              break;
            case 'available':
              router.setAvailable(step.endpoint, step.is);
              break;
            case 'check':
              for (const endpoint of router.health!.look(nowMs))
                router.health!.answered(endpoint, step.serves ? 'serving' : 'error', nowMs + 1);
          }
          expect([...router.endpoints.outstanding]).toEqual(isOpenAt());
          expect(open.every(({ hasEnded }) => !hasEnded)).toBe(true);
        }
        for (const attempt of open.splice(0)) router.end(attempt, ENDINGS[0]!, nowMs);
        const ended = told.flatMap((what) => (what.kind === 'ended' ? [what.attempt] : []));
        expect([ended.length, new Set(ended).size]).toEqual([begun, begun]);
        expect(router.endpoints.outstandingTotal).toBe(0);
        // With nothing open, nothing is full; and with usual settings and time nothing is ejected for ever.
        router.retune(routerSchema.parse({ health: { intervalMs: 0 } }), nowMs);
        for (let endpoint = 0; endpoint < SIZE; endpoint++) router.setAvailable(endpoint, true);
        nowMs += 301_000;
        expect(router.begin(request, nowMs).kind).toBe('attempt');
        expect([...router.ejection!.untilMs].every((untilMs) => untilMs <= nowMs)).toBe(true);
      },
    ),
  );
});
