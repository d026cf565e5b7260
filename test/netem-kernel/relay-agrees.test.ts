import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { LinkPlayer } from '../../netem/shaping/link-player.ts';
import { Relay } from '../../netem/shaping/relay/io/relay.ts';
import { NetemShaper } from '../../netem/shaping/tc/io/netem-shaper.ts';
import { ECHO_STREAM_PORT } from './host.ts';
import { timedMessages } from './timed-messages.ts';
import { quantile, type TwoHosts, twoHosts } from './two-hosts.ts';

const PERIOD_MS = 3000;
const OUTAGE_MS = 500;
const ROUNDS = 5;

/** 40 ms there and back, and nothing passes in the last half second of every three. */
const link: LinkModel = {
  stateAt: (atMs) => {
    const inPeriodMs = atMs - Math.floor(atMs / PERIOD_MS) * PERIOD_MS;
    return { up: inPeriodMs < PERIOD_MS - OUTAGE_MS, delayUs: 20_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
  },
  nextChangeAfter: (afterMs) => {
    const periodMs = Math.floor(afterMs / PERIOD_MS) * PERIOD_MS;
    const downMs = periodMs + PERIOD_MS - OUTAGE_MS;
    return afterMs < downMs ? downMs : periodMs + PERIOD_MS;
  },
};

/** In each period one message while the link is up and one that is sent 150 ms into the outage. */
const sendAtUnixMs = (startUnixMs: number): readonly number[] =>
  Array.from({ length: ROUNDS }, (_, round) => {
    const periodMs = startUnixMs + (round + 1) * PERIOD_MS;
    return [periodMs + 1500, periodMs + PERIOD_MS - OUTAGE_MS + 150];
  }).flat();

const mediansMs = (tookMs: readonly number[]) => {
  const median = (parity: number): number =>
    quantile(
      tookMs.filter((_, index) => index % 2 === parity).toSorted((a, b) => a - b),
      0.5,
    );
  return { up: median(0), down: median(1) };
};

const overRelay = async (bytes: number): Promise<readonly number[]> => {
  const server = createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const startUnixMs = Date.now();
  const clock = new SystemClock({ startUnixMs });
  const relay = await Relay.listen({
    name: 'a-b',
    forward: link,
    back: link,
    clock,
    rng: seededRng(1),
    listenPort: 0,
    targetPort: (server.address() as AddressInfo).port,
    overheadMs: 0,
  });
  try {
    const order = { address: '127.0.0.1', port: relay.port, sentAtUnixMs: sendAtUnixMs(startUnixMs), bytes };
    return await timedMessages(order);
  } finally {
    await relay.close();
    clock.close();
    server.close();
  }
};

const overNetem = async (hosts: TwoHosts, bytes: number): Promise<readonly number[]> => {
  const startUnixMs = Date.now();
  const clock = new SystemClock({ startUnixMs });
  const ends = [
    { name: 'a-b', host: hosts.a, peer: hosts.b },
    { name: 'b-a', host: hosts.b, peer: hosts.a },
  ];
  const players: { readonly player: LinkPlayer; readonly shaper: NetemShaper }[] = [];
  for (const { name, host, peer } of ends) {
    const classes = [{ link: name, device: host.device, match: { destination: peer.address } }];
    const shaper = await NetemShaper.attach({ classes, exemptPorts: [] }, host.enter);
    const player = new LinkPlayer(new Map([[name, link]]), shaper, { clock, onFault: () => {} });
    player.start();
    players.push({ player, shaper });
  }
  try {
    const order = { address: hosts.b.address, port: ECHO_STREAM_PORT, sentAtUnixMs: sendAtUnixMs(startUnixMs), bytes };
    return await hosts.a.messages(order);
  } finally {
    for (const { player, shaper } of players) {
      await player.close();
      await shaper.close();
    }
    clock.close();
  }
};

let hosts: TwoHosts;
beforeAll(async () => {
  hosts = await twoHosts();
});
afterAll(async () => hosts?.close());

describe('over an outage', () => {
  test('the relay delivers a message when the kernel behind netem does: not as it ends, but when a timer sends again', async () => {
    const [relay, netem] = [mediansMs(await overRelay(200)), mediansMs(await overNetem(hosts, 200))];
    console.log(`median there and back, relay ${JSON.stringify(relay)}, netem ${JSON.stringify(netem)}`);
    // This computer may keep either waiting for some tens of milliseconds.
    expect(relay.up).toBeGreaterThanOrEqual(40);
    expect(Math.abs(relay.up - netem.up)).toBeLessThan(30);
    for (const { down } of [relay, netem]) expect(down).toBeGreaterThan(OUTAGE_MS - 150 + 40 + 20);
    expect(Math.abs(relay.down - netem.down)).toBeLessThan(0.15 * netem.down + 30);
  });
});
