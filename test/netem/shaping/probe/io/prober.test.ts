import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../../../core/event/event.ts';
import { seededRng } from '../../../../../core/random/rng.ts';
import { SystemClock } from '../../../../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../../../../netem/links/model/link-model.ts';
import { Echo } from '../../../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../../../netem/shaping/probe/io/prober.ts';
import { Relay } from '../../../../../netem/shaping/relay/io/relay.ts';

const HOST = '127.0.0.1';
const constant = (delayUs: number, lossRate = 0): LinkModel => ({
  stateAt: () => ({ up: true, delayUs, jitterUs: 0, lossRate, rateKbps: 0 }),
  nextChangeAfter: () => null,
});

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const probe = async (paths: Record<string, LinkModel>, answers: number) => {
  const clock = new SystemClock({ startUnixMs: Date.now() });
  const echo = await Echo.listen({ host: HOST, port: 0 });
  const ports: Record<string, { host: string; port: number }> = {};
  for (const [name, link] of Object.entries(paths)) {
    const targetPort = echo.port;
    const ends = { listenPort: 0, targetPort: 1, probe: { listenPort: 0, targetPort } };
    const relay = await Relay.listen({
      name,
      forward: link,
      back: link,
      clock,
      rng: seededRng(1),
      overheadMs: 0,
      ...ends,
    });
    ports[name] = { host: HOST, port: relay.probePort! };
    closing.push(() => relay.close());
  }
  const probes: Extract<Event, { kind: 'probe' }>[] = [];
  const enough = Promise.withResolvers<void>();
  const emit = (event: Event): void => {
    if (event.kind !== 'probe') return;
    probes.push(event);
    if (probes.length === answers) enough.resolve();
  };
  const prober = await Prober.connect({ paths: ports, everyMs: 7, emit });
  closing.push(
    () => prober.close(),
    () => echo.close(),
    () => clock.close(),
  );
  prober.begin(Date.now() + 50);
  await enough.promise;
  return { probes, prober };
};

test('probes every path over both of its directions, from the start of the run on, and waits for no answer', async () => {
  const { probes } = await probe({ near: constant(2000), far: constant(60_000) }, 40);
  for (const [path, roundTripMs] of [
    ['near', 4],
    ['far', 120],
  ] as const) {
    const own = probes.filter((event) => event.path === path);
    expect(own.length).toBeGreaterThan(2);
    for (const { rttMs } of own) expect(rttMs).toBeGreaterThanOrEqual(roundTripMs);
  }
  expect(Math.min(...probes.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(0);
  // A second was sent over the far path before the first came back.
  const [first, second] = probes.filter(({ path }) => path === 'far');
  expect(second!.atMs).toBeLessThan(first!.atMs + first!.rttMs);
});

test('a probe loses nothing on a path that loses everything', async () => {
  const { probes } = await probe({ lossy: constant(50_000, 1) }, 10);
  // A loss would make each take 300 ms.
  expect(Math.min(...probes.map(({ rttMs }) => rttMs))).toBeLessThan(200);
});

test('sends nothing after it is closed', async () => {
  const { probes, prober } = await probe({ near: constant(1000) }, 3);
  prober.close();
  const count = probes.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(probes).toHaveLength(count);
});

test('refuses a path that nobody answers on', async () => {
  const echo = await Echo.listen({ host: HOST, port: 0 });
  const { port } = echo;
  await echo.close();
  await expect(
    Prober.connect({ paths: { gone: { host: HOST, port } }, everyMs: 7, emit: () => {} }),
  ).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
