import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Attempt } from '../../../router/attempt/attempt.ts';
import { ModelFilter } from '../../../router/filter/model.ts';
import type { Observation } from '../../../router/observation.ts';
import { NO_ENDPOINT, OVERLOADED } from '../../../router/pick/pick-of.ts';
import type { Waiting } from '../../../router/queue/waiting.ts';
import { type WaitingRequest, WaitingRoom } from '../../../router/queue/waiting-room.ts';
import { waitingSchema } from '../../../router/queue/waiting-schema.ts';
import type { RequestInfo } from '../../../router/request-info.ts';
import { request as info } from '../router-under-test.ts';

/** A room before places that a test gives and takes: `free`. A request for `model` takes a place of that model. */
class Places {
  readonly room: WaitingRoom;
  readonly told: Extract<Observation, { kind: 'waited' }>[] = [];
  readonly placed: number[] = [];
  readonly shed: number[] = [];
  readonly waiting = new Map<number, Waiting<WaitingRequest>>();
  free = 0;
  freeOf = new Map<string, number>();
  isGone = false;

  constructor(settings: object, models: ModelFilter | null = null) {
    this.room = new WaitingRoom(waitingSchema(z).parse(settings), models);
    this.room.listen((what) => what.kind === 'waited' && void this.told.push(what));
  }

  /** A request that finds no room; returns whether it waits. */
  enter(id: number, says: Partial<RequestInfo> = {}, { nowMs = 0, isRetry = false, blocked = false } = {}): boolean {
    const asked = { ...info, ...says, id };
    const request: WaitingRequest = {
      info: asked,
      tryAgain: (atMs) => {
        if (this.isGone) return NO_ENDPOINT;
        const free = this.freeOf.get(asked.model) ?? this.free;
        if (free === 0 || blocked) return OVERLOADED;
        if (this.freeOf.has(asked.model)) this.freeOf.set(asked.model, free - 1);
        else this.free--;
        const begun = {
          endpoint: 0,
          number: 1,
          cause: 'first' as const,
          avoided: [],
          startedAtMs: atMs,
          costMs: 0,
          predictedMs: 0,
          clockSettings: 0,
        };
        return new Attempt(asked, begun);
      },
      onPlace: () => {
        this.waiting.delete(id);
        this.placed.push(id);
      },
      onShed: () => {
        this.waiting.delete(id);
        this.shed.push(id);
      },
    };
    const waiting = this.room.enter(request, nowMs, { isRetry });
    if (waiting === null) this.shed.push(id);
    else this.waiting.set(id, waiting);
    return waiting !== null;
  }

  /** Frees so many places. */
  release(places: number, nowMs = 0): void {
    this.free += places;
    this.room.serve(nowMs);
  }
}

describe('a place that becomes free goes', () => {
  test('to the lowest priority value, and among equals to the one that came first', () => {
    const places = new Places({ size: 10 });
    for (const [id, priority] of [1, 0, 1, -2, 0].entries()) places.enter(id, { priority });
    places.release(5);
    expect(places.placed).toEqual([3, 1, 4, 0, 2]);
  });

  test('to tenants in turn, by the tokens of their prompts', () => {
    const places = new Places({ size: 20, quantumTokens: 100 });
    for (let id = 0; id < 6; id++) places.enter(id, { tenant: 'short', promptTokens: 50 });
    for (let id = 10; id < 13; id++) places.enter(id, { tenant: 'long', promptTokens: 100 });
    places.release(9);
    expect(places.placed).toEqual([0, 1, 10, 2, 3, 11, 4, 5, 12]);
  });

  test('to a retry before others of its priority, but not where only others can take it', () => {
    const places = new Places({ size: 10 });
    places.enter(0);
    places.enter(1, {}, { isRetry: true });
    places.enter(2, {}, { isRetry: true, blocked: true });
    places.release(2);
    expect(places.placed).toEqual([1, 0]);
  });

  test('to a request for its model, past those for another one', () => {
    const models = ModelFilter.of([{ models: ['a'] }, { models: ['b'] }]);
    const places = new Places({ size: 1 }, models);
    places.freeOf.set('a', 0).set('b', 0);
    expect([places.enter(0, { model: 'a' }), places.enter(1, { model: 'b' })]).toEqual([true, true]);
    expect([places.room.isQueueFor({ ...info, model: 'b' }), places.room.isQueueFor(info)]).toEqual([true, false]);
    places.freeOf.set('b', 1);
    places.room.serve(0);
    expect(places.placed).toEqual([1]);
  });

  test('nowhere while there is none; and where no endpoint is left, nobody goes on waiting for one', () => {
    const places = new Places({ size: 10 });
    for (let id = 0; id < 3; id++) places.enter(id);
    places.room.serve(1);
    expect(places.room.count).toBe(3);
    places.isGone = true;
    places.room.serve(2);
    expect([places.placed, places.room.count]).toEqual([[0, 1, 2], 0]);
  });
});

describe('a full queue', () => {
  test('of size 0 refuses all at once', () => {
    const places = new Places({});
    expect(places.enter(0)).toBe(false);
    expect(places.told).toEqual([{ kind: 'waited', request: { ...info, id: 0 }, waitedMs: 0, end: 'full', nowMs: 0 }]);
  });

  test('sheds the highest priority value, the newest first', () => {
    const places = new Places({ size: 3 });
    for (const [id, priority] of [5, 5, 0].entries()) places.enter(id, { priority });
    expect([
      places.enter(3, { priority: 5 }),
      places.enter(4, { priority: 1 }),
      places.enter(5, { priority: 0 }),
    ]).toEqual([false, true, true]);
    expect(places.shed).toEqual([3, 1, 0]);
    expect(places.enter(6, { priority: 1 })).toBe(false);
  });

  test('sheds of the tenant that has the most waiting', () => {
    const places = new Places({ size: 4 });
    for (let id = 0; id < 4; id++) places.enter(id, { tenant: 'flood' });
    expect([places.enter(4, { tenant: 'quiet' }), places.enter(5, { tenant: 'quiet' })]).toEqual([true, true]);
    expect([places.enter(6, { tenant: 'quiet' }), places.enter(7, { tenant: 'flood' })]).toEqual([false, false]);
    expect(places.shed).toEqual([3, 2, 6, 7]);
  });
});

test('a request that leaves is not served, and its wait is told with how it ended', () => {
  const places = new Places({ size: 10 });
  for (let id = 0; id < 3; id++) places.enter(id, {}, { nowMs: 10 * id });
  places.room.leave(places.waiting.get(0)!, 'timeout', 100);
  places.room.leave(places.waiting.get(0)!, 'gone', 101);
  places.room.leave(places.waiting.get(1)!, 'gone', 110);
  places.release(2, 150);
  expect(places.placed).toEqual([2]);
  expect(places.told.map(({ request, end, waitedMs }) => [request.id, end, waitedMs])).toEqual([
    [0, 'timeout', 100],
    [1, 'gone', 100],
    [2, 'placed', 130],
  ]);
});

test('a smaller queue sheds at once what is too much, and a larger one lets more in', () => {
  const places = new Places({ size: 3 });
  for (const [id, priority] of [0, 2, 1].entries()) places.enter(id, { priority });
  places.room.retune(waitingSchema(z).parse({ size: 1 }), 5);
  expect([places.shed, places.room.count]).toEqual([[1, 2], 1]);
  places.room.retune(waitingSchema(z).parse({ size: 2 }), 6);
  expect(places.enter(3)).toBe(true);
});

test('a client that is refused is asked to wait for as many departures as requests wait, and one', () => {
  const places = new Places({ size: 10 });
  expect(places.room.pushbackMs(0)).toBe(1000);
  for (let nowMs = 0; nowMs < 20_000; nowMs += 100) places.room.departed(nowMs);
  expect(places.room.pushbackMs(20_000)).toBeCloseTo(100, 0);
  for (let id = 0; id < 4; id++) places.enter(id);
  expect(places.room.pushbackMs(20_000)).toBeCloseTo(500, 0);
  expect(places.room.pushbackMs(60_000)).toBe(1000);
});

const arrivals = fc.record({
  does: fc.constantFrom('enter', 'enter', 'enter', 'release', 'leave'),
  priority: fc.integer({ min: -1, max: 2 }),
  tenant: fc.constantFrom('', 'a', 'b', 'c'),
  model: fc.constantFrom('', 'x', 'y'),
  promptTokens: fc.nat(3000),
  isRetry: fc.boolean(),
  count: fc.integer({ min: 1, max: 4 }),
  which: fc.nat(100),
});

test('over any order of events the queue never exceeds its size, and each request leaves exactly once', () => {
  const models = ModelFilter.of([{ models: ['x'] }, { models: ['y'] }]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.array(arrivals, { maxLength: 120 }), (size, taken) => {
      const places = new Places({ size, quantumTokens: 500 }, models);
      const entered: number[] = [];
      for (const { does, count, which, isRetry, ...says } of taken) {
        if (does === 'enter') {
          const id = entered.length;
          entered.push(id);
          places.enter(id, says, { isRetry });
        } else if (does === 'release') {
          places.release(count);
          places.free = 0;
        } else {
          const ids = [...places.waiting.keys()];
          if (ids.length === 0) continue;
          const id = ids[which % ids.length]!;
          places.room.leave(places.waiting.get(id)!, 'gone', 0);
          places.waiting.delete(id);
        }
        expect(places.room.count).toBe(places.waiting.size);
        expect(places.room.count).toBeLessThanOrEqual(3 * size);
        const byModel = ['', 'x', 'y'].map(
          (model) => [...places.waiting.values()].filter((each) => each.info.model === model).length,
        );
        expect(Math.max(...byModel)).toBeLessThanOrEqual(size);
      }
      places.release(1e9);
      expect(places.room.count).toBe(0);
      expect(places.told.map(({ request }) => request.id).sort((a, b) => a - b)).toEqual(entered);
      expect(new Set([...places.placed, ...places.shed]).size).toBe(places.placed.length + places.shed.length);
    }),
  );
});

test('two tenants that both wait get shares that differ by at most a quantum and two of the largest prompts', () => {
  const prompts = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      prompts,
      prompts,
      fc.integer({ min: 1, max: 700 }),
      fc.boolean(),
      (mine, yours, quantumTokens, aFirst) => {
        const places = new Places({ size: 1000, quantumTokens });
        const tokens = [...mine, ...yours];
        const enter = (from: number, count: number, tenant: string): void => {
          for (let id = from; id < from + count; id++) places.enter(id, { tenant, promptTokens: tokens[id]! });
        };
        if (aFirst) enter(0, mine.length, 'a');
        enter(mine.length, yours.length, 'b');
        if (!aFirst) enter(0, mine.length, 'a');
        const most = quantumTokens + 2 * Math.max(...tokens);
        const left = { a: mine.length, b: yours.length };
        const sent = { a: 0, b: 0 };
        while (left.a > 0 && left.b > 0) {
          places.release(1);
          const id = places.placed.at(-1)!;
          const tenant = id < mine.length ? 'a' : 'b';
          left[tenant]--;
          sent[tenant] += tokens[id]!;
          expect(Math.abs(sent.a - sent.b)).toBeLessThanOrEqual(most);
        }
      },
    ),
  );
});

test('equal prompts of tenants with equal demand get shares within one quantum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10 }), (promptTokens, prompts) => {
      const quantumTokens = promptTokens * prompts;
      const places = new Places({ size: 1000, quantumTokens });
      for (let id = 0; id < 100; id++) places.enter(id, { tenant: id % 2 === 0 ? 'a' : 'b', promptTokens });
      let difference = 0;
      for (let turn = 0; turn < 100; turn++) {
        places.release(1);
        difference += places.placed.at(-1)! % 2 === 0 ? promptTokens : -promptTokens;
        expect(Math.abs(difference)).toBeLessThanOrEqual(quantumTokens);
      }
    }),
  );
});

test('a prompt that says it is endless takes no endless time to find its turn', () => {
  const places = new Places({ size: 10, quantumTokens: 1 });
  places.enter(0, { tenant: 'a', promptTokens: 999_999_999_999_999 });
  places.enter(1, { tenant: 'b', promptTokens: 999_999_999_999_998 });
  places.release(2);
  expect(places.placed).toEqual([1, 0]);
});
