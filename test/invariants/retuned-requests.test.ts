import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { type Ending, endingByNode, endingWithoutStatus } from '../../router/attempt/ending.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import { RoutedRequest } from '../../router/attempt/routed-request.ts';
import { noForecast } from '../../router/endpoint/forecast.ts';
import { madeRouter } from '../../router/made-router.ts';
import type { Observation } from '../../router/observation.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import { livePolicyNames } from '../../router/pick/live-policy.ts';
import { routerSchema } from '../../router/schema.ts';
import { request } from '../contract/policy-contract.ts';
import { arbitraryOfSchema } from '../router/arbitrary-of-schema.ts';
import { StrictWire } from '../router/attempt/strict-wire.ts';

const node = (code: number): Ending => endingByNode(code, { report: null, pushbackMs: null });
const ENDINGS: readonly Ending[] = [
  node(grpcStatus.ok),
  node(grpcStatus.unavailable),
  node(grpcStatus.resourceExhausted),
  endingWithoutStatus('path', grpcStatus.unavailable, 'lost'),
];

/** The limit is small, so that requests queue where there is a queue. */
const settingsArbitrary = fc
  .tuple(arbitraryOfSchema(routerSchema.omit({ policies: true, knowledge: true })), fc.integer({ min: 1, max: 2 }))
  .map(([settings, maxOutstanding]) => routerSchema.parse({ ...settings, maxOutstanding }));

const which = fc.nat(100);
const stepArbitrary = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('start' as const), id: fc.nat(500) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('message' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('end' as const), which, how: fc.nat(ENDINGS.length - 1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('retune' as const), settings: settingsArbitrary }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('replace' as const), policy: fc.constantFrom(...livePolicyNames) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('gone' as const, 'deadline' as const), which }) },
);

test('whatever a router is told while requests are open, wait or are hedged, each attempt ends exactly once and each request has one end', () => {
  let [begun, waited, doubled] = [0, 0, 0];
  fc.assert(
    fc.property(settingsArbitrary, fc.array(stepArbitrary, { maxLength: 70, size: 'max' }), (first, steps) => {
      const told: Observation[] = [];
      const router = madeRouter({
        specs: ['a', 'a', 'b', 'b'].map((name, index) => {
          const medium = index % 2 === 0 ? 'fibre' : 'laser';
          return { name: `${name}/${medium}`, node: name, medium };
        }),
        table: { forecast: { ...noForecast, rttMsAt: (endpoint) => 20 + endpoint } },
        settings: first,
        policy: createPolicy('peak-ewma'),
        rng: seededRng(1)('policy'),
        label: 'router',
        knowsSlots: true,
        observers: [{ observe: (what) => void told.push(what) }],
        picks: null,
      });
      let nowMs = 0;
      const calls: { readonly call: RoutedRequest; readonly wire: StrictWire }[] = [];
      const open = () => calls.filter(({ wire }) => !wire.isOver);
      const passTo = (untilMs: Ms): void => {
        for (;;) {
          const due = open()
            .filter(({ wire }) => wire.wakesAtMs <= untilMs)
            .sort((a, b) => a.wire.wakesAtMs - b.wire.wakesAtMs)[0];
          if (due === undefined) break;
          nowMs = Math.max(nowMs, due.wire.wakesAtMs);
          due.wire.wakesAtMs = Number.POSITIVE_INFINITY;
          due.call.onWake(nowMs);
        }
        nowMs = Math.max(nowMs, untilMs);
      };
      for (const step of steps) {
        const those = open();
        const one = 'which' in step && those.length > 0 ? those[step.which % those.length]! : null;
        const attempt = one === null ? undefined : [...one.wire.live][0];
        switch (step.do) {
          case 'start': {
            const wire = new StrictWire();
            const call = new RoutedRequest(router, { ...request, id: step.id }, wire);
            calls.push({ call, wire });
            call.start(nowMs);
            break;
          }
          case 'wait':
            passTo(nowMs + step.ms);
            break;
          case 'message':
            if (attempt !== undefined) one!.call.onMessage(attempt, nowMs);
            break;
          case 'end':
            if (attempt === undefined) break;
            one!.wire.live.delete(attempt);
            one!.call.onEnd(attempt, ENDINGS[step.how]!, nowMs);
            break;
          case 'retune': {
            const live = calls.map(({ wire }) => [...wire.live]);
            router.retune(step.settings, nowMs);
            // Nothing that was on its way was cut; what waited may have begun.
            for (const [index, attempts] of live.entries())
              for (const each of attempts) expect(calls[index]!.wire.live.has(each)).toBe(true);
            break;
          }
          case 'replace':
            router.replace(createPolicy(step.policy));
            break;
          case 'gone':
            if (one === null) break;
            one.wire.isGone = true;
            one.call.onClientGone(nowMs);
            break;
          case 'deadline':
            one?.call.onDeadline(nowMs);
        }
        for (const { call, wire } of calls) {
          expect(call.isOver).toBe(wire.isOver);
          expect(call.isWaiting).toBe(!wire.isOver && wire.live.size === 0);
        }
        waited += Number(calls.some(({ call }) => call.isWaiting));
        doubled += Number(calls.some(({ wire }) => wire.live.size > 1));
      }
      for (const { call } of open()) call.onDeadline(nowMs);
      const ended = told.flatMap((what) => (what.kind === 'ended' ? [what.attempt] : []));
      const opened = calls.flatMap(({ wire }) => wire.opened);
      expect(new Set(ended)).toEqual(new Set(opened));
      expect(ended.length).toBe(opened.length);
      expect(calls.every(({ wire }) => wire.isOver && wire.live.size === 0)).toBe(true);
      expect([...router.endpoints.outstanding, router.room.count]).toEqual([0, 0, 0, 0, 0]);
      begun += opened.length;
    }),
  );
  expect(begun).toBeGreaterThan(0);
  expect(waited).toBeGreaterThan(0); // the model reaches what it is about
  expect(doubled).toBeGreaterThan(0);
});
