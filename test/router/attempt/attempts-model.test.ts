import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Ms } from '../../../core/time/clock.ts';
import type { Attempt } from '../../../router/attempt/attempt.ts';
import { USUAL_RETRY } from '../../../router/attempt/attempt-rules.ts';
import { type Ending, endingByNode, endingWithoutStatus } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { hedgeSchema } from '../../../router/attempt/hedge-schema.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import { request, routerUnderTest } from '../router-under-test.ts';
import { StrictWire } from './strict-wire.ts';

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: 'message' | 'end' | 'unhealthy' | 'healthy' | 'disconnect';
      readonly which: number;
      readonly how: number;
    }
  | { readonly kind: 'deadline' | 'gone' | 'cut-off' | 'long-body' | 'free' };

const often = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(150) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'message' as const,
        'end' as const,
        'end' as const,
        'unhealthy' as const,
        'healthy' as const,
        'disconnect' as const,
      ),
      which: fc.nat(3),
      how: fc.nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('free' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('deadline' as const, 'gone' as const, 'cut-off' as const, 'long-body' as const),
    }),
  },
);

const node = (code: number): Ending => endingByNode(code, { report: null, pushbackMs: null });
const ENDINGS: readonly Ending[] = [
  node(grpcStatus.ok),
  node(grpcStatus.unavailable),
  node(grpcStatus.invalidArgument),
  endingWithoutStatus('path', grpcStatus.unavailable, 'lost'),
  { ...endingWithoutStatus('node', grpcStatus.unavailable, 'refused'), unseen: 'refused' },
  endingByNode(grpcStatus.unavailable, { report: null, pushbackMs: -1 }),
];

const settings = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 5 }),
  atOnce: fc.nat(2),
  budgetTokens: fc.constantFrom(0, 2, 6),
  timeoutMs: fc.constantFrom(null, 120),
  hedgeMs: fc.constantFrom(null, 60),
  boundaryMs: fc.constantFrom(0, 100),
  disjoint: fc.constantFrom('medium' as const, 'node' as const, 'any' as const),
  /** How many endpoints are full when the request comes; each may have one request. */
  full: fc.constantFrom(null, 2, 4),
});

test('whatever happens in whatever order, each attempt that began ends exactly once, and a request that is over has none', () => {
  let hedged = 0;
  let transparent = 0;
  fc.assert(
    fc.property(settings, fc.array(often, { maxLength: 60 }), (chosen, steps) => {
      const { maxAttempts, atOnce, budgetTokens, timeoutMs, hedgeMs, boundaryMs, disjoint, full } = chosen;
      const after = hedgeMs === null ? 'never' : { ms: hedgeMs };
      const { router, seen } = routerUnderTest('random', 4, {
        nodes: ['a', 'a', 'b', 'b'],
        media: ['fibre', 'laser', 'fibre', 'laser'],
        isChecked: true,
        ...(full !== null && { maxOutstanding: 1, queue: { size: 3, timeoutMs: 150 } }),
        maxAttempts,
        attempts: {
          retry: { ...USUAL_RETRY, atOnce, budgetTokens, baseMs: 40 },
          firstTokenTimeout: timeoutMs === null ? 'never' : { ms: timeoutMs },
          hedge: hedgeSchema(z).parse({ after, boundaryMs, disjoint, maxShare: 1 }),
        },
      });
      const others = Array.from({ length: full ?? 0 }, () => router.begin(request, 0)) as Attempt[];
      const wire = new StrictWire({ of: router.rules.budget, tokens: budgetTokens });
      const call = new RoutedRequest(router, request, wire);
      let nowMs = 0;
      const passTo = (untilMs: Ms): void => {
        while (!wire.isOver && wire.wakesAtMs <= untilMs) {
          nowMs = Math.max(nowMs, wire.wakesAtMs);
          wire.wakesAtMs = Number.POSITIVE_INFINITY;
          call.onWake(nowMs);
        }
        nowMs = untilMs;
      };
      router.health!.look(0);
      router.health!.listen((atMs) => call.onHealthChange(atMs));
      call.start(0);
      for (const step of steps as readonly Step[]) {
        if (wire.isOver) break;
        if (step.kind === 'wait') passTo(nowMs + step.ms);
        else if (step.kind === 'deadline') call.onDeadline(nowMs);
        else if (step.kind === 'cut-off') call.onCutOff(nowMs);
        else if (step.kind === 'long-body') wire.canReplay = false;
        else if (step.kind === 'gone') {
          wire.isGone = true;
          call.onClientGone(nowMs);
        } else if (step.kind === 'free') {
          const other = others.pop();
          router.rules.budget.failed(0, 'node'); // another request has failed
          if (other !== undefined) router.end(other, ENDINGS[0]!, nowMs);
          router.room.serve(nowMs);
        } else if (step.kind === 'disconnect') wire.unconnected.add(step.which);
        else if (step.kind === 'unhealthy') router.health!.answered(step.which, 'not-serving', nowMs);
        else if (step.kind === 'healthy') router.health!.answered(step.which, 'serving', nowMs);
        else if ('how' in step) {
          // What comes of an attempt that was cancelled may still come, a moment later.
          const attempt = wire.opened[step.which];
          if (attempt === undefined) continue;
          if (step.kind === 'message') call.onMessage(attempt, nowMs);
          else {
            wire.live.delete(attempt);
            call.onEnd(attempt, ENDINGS[step.how]!, nowMs);
          }
        }
        expect(call.isOver).toBe(wire.isOver);
        expect(call.isWaiting).toBe(!wire.isOver && wire.live.size === 0);
        if (call.isWaiting) expect(wire.wakesAtMs).toBeLessThan(Number.POSITIVE_INFINITY);
      }
      hedged += call.extra?.hedges ?? 0;
      transparent += call.extra?.transparent ?? 0;
      expect((call.extra?.counted ?? 0) + 1).toBeLessThanOrEqual(maxAttempts);
      expect(wire.opened.map(({ number }) => number)).toEqual(wire.opened.map((_, index) => index + 1));
      if (!wire.isOver) call.onDeadline(nowMs);
      call.onWake(nowMs + 1000);
      expect(wire.live.size).toBe(0);
      const count = (kind: string, attempt: Attempt): number =>
        seen.filter((what) => what.kind === kind && 'attempt' in what && what.attempt === attempt).length;
      for (const attempt of wire.opened) expect([count('began', attempt), count('ended', attempt)]).toEqual([1, 1]);
      expect(router.room.count).toBe(0);
      for (const other of others) router.end(other, ENDINGS[0]!, nowMs);
      expect([...router.endpoints.outstanding]).toEqual([0, 0, 0, 0]);
      expect([...router.endpoints.nodes.unreportedPromptTokens]).toEqual([0, 0]);
    }),
    { numRuns: 600 },
  );
  expect(hedged).toBeGreaterThan(0); // the model reaches what it is about
  expect(transparent).toBeGreaterThan(0);
});
