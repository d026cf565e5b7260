import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cannonFault } from '../../../benchmarks/http/door.ts';
import { fired } from '../../../benchmarks/http/io/cannon.ts';
import type { Event } from '../../../core/event/event.ts';
import { summarise } from '../../../report/summary.ts';
import type { PlannedRequest } from '../../../workload/schedule.ts';
import { ended, runEvent } from '../../report/logged-run.ts';
import {
  latenciesOf,
  medianOf,
  type NullService,
  noiseOf,
  nullService,
  sent,
  shortRequest,
  steadySchedule,
} from './loaded-service.ts';

const SERVICE_MS = 50;

/**
 * Users who send the next request when they have the answer to the one before, until `untilMs`: a closed loop, as autocannon has.
 */
const closedLoop = (users: number, untilMs: number): readonly PlannedRequest[] => {
  let requests = users;
  const asking = (id: number, atMs: number): PlannedRequest => ({
    ...shortRequest(id, atMs),
    next: (nowMs) => (nowMs >= untilMs ? null : asking(requests++, nowMs)),
  });
  return Array.from({ length: users }, (_, id) => asking(id, 0));
};

// Real time is the claim. A machine that others keep busy may be later than its controls say; a client that adds time does so each time.
const AGAIN = { retry: 2 };

describe.each(['frames', 'grpc-js'] as const)('over %s', AGAIN, (transport) => {
  let service: NullService;
  beforeAll(async () => {
    service = await nullService(SERVICE_MS);
  });
  afterAll(() => service.stop());

  test('a service that takes 50 ms reads a median within 1 ms of that', async () => {
    const { events } = await sent(steadySchedule(200, 20), { transport, service });
    const latencies = latenciesOf(events, 'a');
    expect(latencies.size).toBe(200);
    const median = medianOf(latencies.values());
    expect(median).toBeGreaterThanOrEqual(SERVICE_MS);
    expect(median).toBeLessThan(SERVICE_MS + 1 + (await noiseOf(events, service)));
  });

  test('a closed loop agrees with that of autocannon within 1 ms', async () => {
    const seconds = 4;
    const cannon = await fired({
      ...{ url: `http://127.0.0.1:${service.httpPort}/`, connections: 10, seconds, body: null, headers: {} },
      signal: AbortSignal.timeout(30_000),
    });
    expect(cannonFault(cannon)).toBe(null);
    const { events } = await sent(closedLoop(10, seconds * 1000), { transport, service, lastsMs: seconds * 1000 });
    const latencies = latenciesOf(events, 'a');
    const noiseMs = await noiseOf(events, service);
    expect(Math.abs(medianOf(latencies.values()) - cannon.latency.p50)).toBeLessThanOrEqual(1 + noiseMs);
    const asMany = latencies.size / seconds / (cannon.requests.total / cannon.duration);
    expect(Math.abs(asMany - 1)).toBeLessThan(0.05 + (2 * noiseMs) / SERVICE_MS);
  });

  // A request that is due t into the stall has its answer when the stall is over, whoever would have sent it: the stall - t.
  test('a stall of one second is in the latency of each request that was due in it, from its intended start', async () => {
    const at = await nullService(0);
    try {
      const stalled = Promise.withResolvers<{ readonly fromMs: number; readonly toMs: number }>();
      const { events, beganUnixMs } = await sent(steadySchedule(300, 10), {
        ...{ transport, service: at },
        onBegin: () => setTimeout(() => void at.stall(1000).then(stalled.resolve), 800),
      });
      const stall = await stalled.promise;
      const latencies = latenciesOf(events, 'a');
      const errors = [...latencies].flatMap(([request, measuredMs]) => {
        const dueMs = beganUnixMs + request * 10;
        const exactMs = dueMs >= stall.fromMs && dueMs < stall.toMs ? stall.toMs - dueMs : null;
        return exactMs === null ? [] : [measuredMs - exactMs];
      });
      expect(latencies.size).toBe(300);
      expect(errors.length).toBeGreaterThanOrEqual(99);
      expect(medianOf(errors)).toBeGreaterThan(-1);
      // It has a hundred answers to send at once, and this process to read them.
      expect(medianOf(errors)).toBeLessThan((await noiseOf(events, at)) === 0 ? 50 : 150);
      expect(Math.max(...latencies.values())).toBeGreaterThan(980);
      // A client that had waited for answers would have sent one request into the stall.
      const slow = [...latencies.values()].filter((ms) => ms > 100);
      expect(slow.length).toBeGreaterThan(80);
    } finally {
      at.stop();
    }
  });
});

const judged = (events: readonly Event[], requests: number) => {
  const run = runEvent({ requests, warmUpMs: 0, durationMs: 2000 });
  return summarise([run, ...events, ended({ atMs: 3000 })], { machine: 'm' }).runs[0]!;
};

describe('a generator', () => {
  let service: NullService;
  beforeAll(async () => {
    service = await nullService(SERVICE_MS);
  });
  afterAll(() => service.stop());

  test('that is deliberately starved makes its run invalid, by name', async () => {
    const hog = setInterval(() => {
      const untilMs = performance.now() + 60;
      while (performance.now() < untilMs);
    }, 80);
    try {
      const { events } = await sent(steadySchedule(200, 10), { transport: 'frames', service });
      const { valid, invalidBecause } = judged(events, 200);
      expect(valid).toBe(false);
      expect(invalidBecause.join('\n')).toMatch(/^the load generator sent \d+\.\d ms late at p99, above \d\.\d ms$/m);
      expect(invalidBecause.join('\n')).toMatch(
        /^the event loop of the load generator waited \d+\.\d ms at p99, above 5 ms$/m,
      );
    } finally {
      clearInterval(hog);
    }
  });

  test('says what it adds itself to a call, which is a small part of 50 ms', async () => {
    for (const transport of ['frames', 'grpc-js'] as const) {
      const { events } = await sent(steadySchedule(5, 10), { transport, service });
      const { generator } = judged(events, 5).figures;
      expect(generator!.taxP50Ms).toBeGreaterThan(0.01);
      expect(generator!.taxP50Ms).toBeLessThan(25);
      expect(generator!.taxP99Ms).toBeGreaterThanOrEqual(generator!.taxP50Ms!);
    }
  });
});
