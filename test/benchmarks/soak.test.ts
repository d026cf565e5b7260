import { describe, expect, test } from 'vitest';
import { type MemorySample, memoryByMinute, residentSlope } from '../../benchmarks/soak/memory-by-minute.ts';
import { metricSum } from '../../benchmarks/soak/metric-sum.ts';
import type { CallFailure, ClientTally, NodeEnd } from '../../benchmarks/soak/part-setup.ts';
import { routerBalance } from '../../benchmarks/soak/router-balance.ts';
import { isCutByCrash, soakFaults } from '../../benchmarks/soak/soak-verdict.ts';

const MIB = 1 << 20;

const sampled = (minutes: number, residentMib: (minute: number) => number): readonly MemorySample[] =>
  Array.from({ length: minutes * 12 }, (_, index) => ({
    atMs: index * 5000,
    residentBytes: residentMib(index / 12) * MIB,
    heapBytes: MIB,
    externalBytes: 0,
    cpuS: index,
  }));

const METRICS = `
# TYPE starlane_router_requests_total counter
starlane_router_requests_total{policy="a"} 6
starlane_router_requests_total{policy="b"} 4
starlane_router_answered_total{policy="a"} 7
starlane_router_failed_total 1
starlane_router_cancelled_total 2
starlane_router_rejected_total 0
starlane_router_active_requests{policy="a"} 0
starlane_router_endpoint_attempts_total{endpoint="x"} 11
starlane_router_endpoint_answered_total{endpoint="x"} 7
starlane_router_endpoint_failed_total{endpoint="x"} 2
starlane_router_endpoint_cancelled_total{endpoint="x"} 2
starlane_router_endpoint_rejected_total{endpoint="x"} 0
starlane_router_endpoint_active_attempts{endpoint="x"} 0
grpc_server_call_started_total{grpc_method="other"} 10
grpc_server_call_duration_seconds_count{grpc_status="OK"} 7
grpc_server_call_duration_seconds_count{grpc_status="CANCELLED"} 3
grpc_client_attempt_started_total 11
grpc_client_attempt_duration_seconds_count 11
`;

const cut: CallFailure = { status: '14', endpoint: 'node-2', beganAtUnixMs: 100, endedAtUnixMs: 200, answerBytes: 65 };
const crash: NodeEnd = { node: 1, atUnixMs: 150, isCrash: true };

const tally = (over: Partial<ClientTally> = {}): ClientTally => ({
  ...{
    begun: 10,
    answered: 7,
    cancelled: 1,
    left: 0,
    expired: 1,
    failed: 1,
    failures: [cut],
    open: 0,
    clients: 3,
    skipped: 0,
  },
  ...over,
});

const faultsOf = (over: Partial<Parameters<typeof soakFaults>[0]> = {}): readonly string[] =>
  soakFaults({ tally: tally(), nodeEnds: [crash], metrics: METRICS, slopeBytes: 1000, exitCode: 0, ...over });

describe('memory of a soak', () => {
  test('is judged from the third minute on, whatever came before', () => {
    const slope = residentSlope(sampled(10, (minute) => (minute < 2 ? 50 * minute : 100 + 0.25 * minute)));
    expect(slope! / MIB).toBeCloseTo(0.25, 6);
    expect(residentSlope(sampled(3, () => 100))).toBe(null);
    expect(residentSlope(sampled(4, () => 100))).toBe(0);
  });

  test('is told by minute, with the share of a core', () => {
    const [first, second] = memoryByMinute(sampled(2, (minute) => (minute < 1 ? 10 : 20)));
    expect([first!.residentBytes / MIB, second!.residentBytes / MIB]).toEqual([10, 20]);
    expect(second).toMatchObject({ minute: 2, cores: 0.2 });
  });
});

describe('a soak', () => {
  test('is within its bounds where nothing is lost, counters balance and memory stays', () => {
    expect(faultsOf()).toEqual([]);
  });

  test('says of each bound that it misses', () => {
    expect(faultsOf({ slopeBytes: 0.6 * MIB })).toEqual([
      'resident memory grows by 0.60 MiB a minute, expected at most 0.5',
    ]);
    expect(faultsOf({ slopeBytes: null })[0]).toContain('too short to judge memory');
    expect(faultsOf({ exitCode: null })[0]).toContain('exit code null');
    expect(faultsOf({ tally: tally({ begun: 11 }) })[0]).toBe('clients began 11 calls and know of 10');
    expect(faultsOf({ tally: tally({ begun: 11, open: 1, left: 1, answered: 6 }) })[0]).toContain('1 calls were lost');
    expect(faultsOf({ tally: tally({ failed: 2, answered: 6 }) })[0]).toContain('1 calls were lost');
    expect(faultsOf({ tally: tally({ begun: 9, answered: 6 }) })[0]).toBe(
      'the router counts 10 requests, of 9 that clients began and 0 that they left',
    );
    expect(faultsOf({ nodeEnds: [{ ...crash, isCrash: false }] })[0]).toContain(
      '1 calls were lost, such as one with 14',
    );
    expect(
      faultsOf({ metrics: METRICS.replace('answered_total{policy="a"} 7', 'answered_total{policy="a"} 8') }),
    ).toEqual(['requests begun and ended: starlane_router_requests_total is 10, expected 11']);
  });

  test('excuses only an answer that had begun at the node that crashed meanwhile', () => {
    expect(isCutByCrash(cut, [crash])).toBe(true);
    expect(isCutByCrash({ ...cut, answerBytes: 0 }, [crash])).toBe(false);
    expect(isCutByCrash({ ...cut, endpoint: 'node-1' }, [crash])).toBe(false);
    expect(isCutByCrash(cut, [{ ...crash, atUnixMs: 201 }])).toBe(false);
  });
});

test('each counter that does not balance, or is not told, is named', () => {
  expect(routerBalance(METRICS)).toEqual([]);
  expect(routerBalance(METRICS.replace('active_requests{policy="a"} 0', 'active_requests{policy="a"} 2'))).toEqual([
    'requests open: starlane_router_active_requests is 2, expected 0',
  ]);
  expect(routerBalance('').length).toBe(6);
});

test('a metric is the sum of its series, and not of those whose name goes on', () => {
  expect(metricSum('a 1\na{x="y"} 2\na_total 8\n', 'a')).toBe(3);
  expect(metricSum('a 1\n', 'b')).toBe(null);
});
