import { expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { TcpPath } from '../../../hosts/simulate/tcp-path.ts';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { PacketLink } from '../../../netem/links/transport/packet-link.ts';
import { transportSchema } from '../../../netem/links/transport/transport-schema.ts';

const WIDE = { streamBytes: 4 << 20, connectionBytes: 64 << 20 };

/** A path of 100 ms that is down from `downFromMs` until `downToMs`. */
const pathOf = (downFromMs: number, downToMs: number) => {
  const clock = new VirtualClock();
  const rng = seededRng(1);
  const link: LinkModel = {
    stateAt: (atMs) => ({
      up: atMs < downFromMs || atMs >= downToMs,
      delayUs: 50_000,
      jitterUs: 0,
      lossRate: 0,
      rateKbps: 0,
    }),
    nextChangeAfter: (afterMs) => [downFromMs, downToMs].find((atMs) => atMs > afterMs) ?? null,
  };
  const path = new TcpPath({
    name: 'a-b',
    clock,
    rng,
    forward: new PacketLink({ name: 'a-b/forward', link, rng }),
    back: new PacketLink({ name: 'a-b/back', link, rng }),
    config: { ...transportSchema.parse({}), tickMs: 0 },
    http2: { forward: WIDE, back: WIDE },
  });
  return { clock, path };
};

test('a new connection takes a round trip', () => {
  const { clock, path } = pathOf(0, 0);
  let atMs = Number.NaN;
  path.connect(() => {
    atMs = clock.now();
  });
  clock.runUntil(1000);
  expect(atMs).toBe(100);
});

test('a lost SYN is sent again after 1 s, and then after 2 s more', () => {
  const { clock, path } = pathOf(0, 1500);
  let atMs = Number.NaN;
  path.connect(() => {
    atMs = clock.now();
  });
  clock.runUntil(10_000);
  expect(atMs).toBe(3100);
});

test('a new connection begins with a small window, and what the old one lost still comes', () => {
  const { clock, path } = pathOf(2000, 2500);
  const took: number[] = [];
  const send = (atMs: number, bytes: number): void => {
    clock.runUntil(atMs);
    path.connection.forward.send(bytes, (dueMs) => took.push(dueMs - atMs));
  };
  send(0, 60_000); // 42 segments: 10, 20, 12
  send(400, 60_000); // the window has grown to 52
  send(2100, 4); // lost
  clock.runUntil(2600);
  path.renew();
  send(2750, 60_000); // over the new one
  clock.runUntil(20_000);
  expect(took).toEqual([250, 50, expect.closeTo(650, 0), 250]);
});

test('while one is being made, no other connection is begun', () => {
  const { clock, path } = pathOf(0, 500);
  path.renew();
  path.renew();
  clock.runUntil(1050);
  path.renew();
  const took: number[] = [];
  clock.runUntil(1200);
  path.connection.forward.send(60_000, (dueMs) => took.push(dueMs - 1200));
  clock.runUntil(1600);
  path.connection.forward.send(60_000, (dueMs) => took.push(dueMs - 1600));
  clock.runUntil(10_000);
  expect(took).toEqual([250, 50]);
});
