import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Attempt } from '../../../router/attempt/attempt.ts';
import { DEADLINE, type Ending, endingByNode, MOVED_OFF } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { Ejection, ejectionSchema } from '../../../router/filter/ejection.ts';
import { request } from '../../contract/policy-contract.ts';
import { loadReport } from '../load-report-fixture.ts';

const tableOf = (size: number): EndpointTable =>
  new EndpointTable(
    Array.from({ length: size }, (_, index) => ({ name: `n${index}/fibre`, node: `n${index}`, medium: 'fibre' })),
  );

const ejectionOf = (size: number, settings: object = {}): Ejection =>
  new Ejection(tableOf(size), ejectionSchema(z).parse(settings));

const NOTHING_SAID = { report: null, pushbackMs: null };
const OK = endingByNode(grpcStatus.ok, NOTHING_SAID);
const FAILED = endingByNode(grpcStatus.internal, NOTHING_SAID);

/** One attempt on an endpoint, from its beginning to its end. */
const attempt = (ejection: Ejection, endpoint: number, ending: Ending, nowMs: number): void => {
  const begun = {
    endpoint,
    number: 1,
    cause: 'first' as const,
    avoided: [],
    startedAtMs: nowMs,
    costMs: 0,
    predictedMs: 0,
    clockSettings: 0,
  };
  const made = new Attempt(request, begun);
  if (ending === OK) made.firstMessageAtMs = nowMs;
  ejection.observe({ kind: 'began', attempt: made, nowMs });
  ejection.observe({ kind: 'ended', attempt: made, ending, nowMs });
};

const isOut = (ejection: Ejection, endpoint: number, nowMs: number): boolean =>
  !ejection.admits(endpoint, request, nowMs);

describe('an endpoint that fails', () => {
  test('five times in a row is out for 30 s at once, and the next time for 60', () => {
    const ejection = ejectionOf(4);
    for (let turn = 0; turn < 4; turn++) attempt(ejection, 2, FAILED, 100 + turn);
    expect(ejection.admitsAll).toBe(true);
    attempt(ejection, 2, FAILED, 104);
    expect(ejection.admitsAll).toBe(false);
    expect([isOut(ejection, 2, 30_103), isOut(ejection, 2, 30_104), isOut(ejection, 1, 200)]).toEqual([
      true,
      false,
      false,
    ]);
    for (let turn = 0; turn < 5; turn++) attempt(ejection, 2, FAILED, 30_200);
    expect([isOut(ejection, 2, 90_199), isOut(ejection, 2, 90_200)]).toEqual([true, false]);
    expect(ejection.ejections[2]).toBe(2);
  });

  test('is not, where an answer is between the failures', () => {
    const ejection = ejectionOf(4);
    for (let turn = 0; turn < 40; turn++) attempt(ejection, 2, turn % 5 === 4 ? OK : FAILED, turn);
    expect(ejection.admitsAll).toBe(true);
  });

  test('is not, where its requests were moved off it because of its health: checks know when it is back', () => {
    const ejection = ejectionOf(4);
    for (let turn = 0; turn < 40; turn++) attempt(ejection, 2, MOVED_OFF[turn % 2 === 0 ? 'path' : 'node'], turn);
    expect(ejection.admitsAll).toBe(true);
  });

  test('is forgiven its earlier time after sweeps without another', () => {
    const ejection = ejectionOf(4);
    for (let turn = 0; turn < 5; turn++) attempt(ejection, 2, FAILED, 0);
    for (let nowMs = 30_000; nowMs < 60_000; nowMs += 1000) attempt(ejection, 1, OK, nowMs);
    for (let turn = 0; turn < 5; turn++) attempt(ejection, 2, FAILED, 60_000);
    expect([isOut(ejection, 2, 89_999), isOut(ejection, 2, 90_000)]).toEqual([true, false]);
  });
});

test.each([
  [
    'a full node, which pushes back',
    endingByNode(grpcStatus.resourceExhausted, { report: loadReport({}), pushbackMs: 100 }),
  ],
  ['a mistake of the client', endingByNode(grpcStatus.invalidArgument, NOTHING_SAID)],
  ['a deadline', DEADLINE],
])('%s is no failure of an endpoint', (_what, ending) => {
  const ejection = ejectionOf(4);
  for (let turn = 0; turn < 500; turn++) attempt(ejection, 0, ending, turn * 100);
  expect(ejection.admitsAll).toBe(true);
});

test('the worked example: of five success rates that of 40 % is out at the sweep, and none of the others', () => {
  const ejection = ejectionOf(5, { consecutive: 0 });
  const rates = [100, 99, 98, 99, 40];
  attempt(ejection, 0, OK, 0);
  for (const [endpoint, rate] of rates.entries()) {
    for (let turn = 0; turn < (endpoint === 0 ? 99 : 100); turn++)
      attempt(ejection, endpoint, turn < rate ? OK : FAILED, 5000);
  }
  expect(ejection.admitsAll).toBe(true);
  attempt(ejection, 0, OK, 10_000);
  expect(rates.map((_, endpoint) => isOut(ejection, endpoint, 10_001))).toEqual([false, false, false, false, true]);
});

test('a share of 85 % failures is enough by itself, in a table of any size', () => {
  const ejection = ejectionOf(2, { consecutive: 0 });
  for (let turn = 0; turn < 100; turn++) attempt(ejection, 1, turn % 20 < 3 ? OK : FAILED, turn);
  attempt(ejection, 0, OK, 10_000);
  expect(isOut(ejection, 1, 10_001)).toBe(true);
});

test('never more are out than may be, and never the last', () => {
  const steps = fc.array(
    fc.record({ endpoint: fc.nat(19), failed: fc.boolean(), afterMs: fc.integer({ min: 0, max: 3000 }) }),
    { minLength: 50, maxLength: 400 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.constantFrom(0.1, 0.3, 1), steps, (size, maxShare, taken) => {
      const ejection = ejectionOf(size, { consecutive: 2, leastRequests: 3, maxShare });
      const most = Math.min(size - 1, Math.max(1, Math.floor(size * maxShare)));
      let nowMs = 0;
      for (const { endpoint, failed, afterMs } of taken) {
        nowMs += afterMs;
        attempt(ejection, endpoint % size, failed ? FAILED : OK, nowMs);
        const out = Array.from({ length: size }, (_, each) => each).filter((each) => isOut(ejection, each, nowMs));
        expect(out.length).toBeLessThanOrEqual(most);
        if (out.length > 0) expect(ejection.admitsAll).toBe(false);
      }
    }),
  );
});

describe('other settings while it runs', () => {
  const withOut = (settings: object = {}): Ejection => {
    const ejection = ejectionOf(10, { maxShare: 0.4, ...settings });
    for (const [turn, endpoint] of [1, 5, 7].entries()) {
      for (let failure = 0; failure < 5; failure++) attempt(ejection, endpoint, FAILED, turn * 1000);
    }
    return ejection;
  };
  const outAt = (ejection: Ejection, nowMs: number): readonly number[] =>
    [...ejection.untilMs.keys()].filter((endpoint) => isOut(ejection, endpoint, nowMs));

  test('leave what is ejected ejected, and what was counted counted', () => {
    const ejection = withOut();
    for (let failure = 0; failure < 4; failure++) attempt(ejection, 2, FAILED, 3000);
    ejection.retune(ejectionSchema(z).parse({ maxShare: 0.4, deviations: 0 }), 4000);
    expect([outAt(ejection, 4000), outAt(ejection, 31_500)]).toEqual([[1, 5, 7], [7]]);
    attempt(ejection, 2, FAILED, 4000); // the fifth in a row
    expect(outAt(ejection, 4000)).toEqual([1, 2, 5, 7]);
  });

  test('let no endpoint be out for longer than they allow', () => {
    const ejection = withOut();
    ejection.retune(ejectionSchema(z).parse({ maxShare: 0.4, baseS: 2, maxS: 2 }), 4000);
    expect([outAt(ejection, 5999), outAt(ejection, 6000)]).toEqual([[1, 5, 7], []]);
  });

  test('that allow fewer to be out bring back those whose time ends first, and all where none may', () => {
    const ejection = withOut();
    ejection.retune(ejectionSchema(z).parse({ maxShare: 0.1 }), 4000);
    expect(outAt(ejection, 4000)).toEqual([7]);
    for (let failure = 0; failure < 5; failure++) attempt(ejection, 1, FAILED, 4100);
    expect(outAt(ejection, 4100)).toEqual([7]);
    ejection.retune(ejectionSchema(z).parse({ maxShare: 0 }), 4200);
    expect([outAt(ejection, 4200), ejection.admitsAll]).toEqual([[], true]);
    expect(ejection.ejections.reduce((sum, n) => sum + n)).toBe(3); // a counter does not fall
  });

  test('of a successor with other endpoints begin with what its predecessor knew of each', () => {
    const before = withOut();
    const after = ejectionOf(3, { maxShare: 1 });
    after.inherit(0, before, 7);
    after.inherit(2, before, 2);
    after.retune(ejectionSchema(z).parse({ maxShare: 1 }), 4000);
    expect([outAt(after, 4000), outAt(after, 32_000)]).toEqual([[0], []]);
    expect(after.admitsAll).toBe(false);
  });
});
