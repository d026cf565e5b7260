import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { seededRng } from '../../../core/random/rng.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { transportSchema } from '../../../netem/links/transport/transport-schema.ts';
import { LinkPlayer } from '../../../netem/shaping/link-player.ts';
import { Relay } from '../../../netem/shaping/relay/io/relay.ts';
import { NetemShaper } from '../../../netem/shaping/tc/io/netem-shaper.ts';
import { ECHO_STREAM_PORT } from './host.ts';
import { timedMessages } from './timed-messages.ts';
import type { TwoHosts } from './two-hosts.ts';

/** Messages that are sent over one connection to a server that sends them back. */
export interface MessagesPlan {
  readonly forward: LinkModel;
  readonly back: LinkModel;
  readonly bytes: number;
  /** When each is sent, in milliseconds since the links began. */
  readonly sentAtMs: readonly number[];
  /** The tick of this kernel's timers. */
  readonly tickMs: number;
}

/** How long each message took, there and back, over a relay on the loopback. */
export const overRelay = async ({
  forward,
  back,
  bytes,
  sentAtMs,
  tickMs,
}: MessagesPlan): Promise<readonly number[]> => {
  const server = createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const startUnixMs = Date.now();
  const clock = new SystemClock({ startUnixMs });
  const relay = await Relay.listen({
    name: 'a-b',
    forward,
    back,
    clock,
    rng: seededRng(1),
    transport: transportSchema.parse({ tickMs }),
    listenPort: 0,
    targetPort: (server.address() as AddressInfo).port,
    overheadMs: 0,
  });
  try {
    const sentAtUnixMs = sentAtMs.map((atMs) => startUnixMs + atMs);
    return await timedMessages({ address: '127.0.0.1', port: relay.port, sentAtUnixMs, bytes });
  } finally {
    await relay.close();
    clock.close();
    server.close();
  }
};

/** The same over the kernel's netem between two hosts. */
export const overNetem = async (hosts: TwoHosts, plan: MessagesPlan): Promise<readonly number[]> => {
  const { forward, back, bytes, sentAtMs } = plan;
  const startUnixMs = Date.now();
  const clock = new SystemClock({ startUnixMs });
  const ends = [
    { name: 'a-b', link: forward, host: hosts.a, peer: hosts.b },
    { name: 'b-a', link: back, host: hosts.b, peer: hosts.a },
  ];
  const players: { readonly player: LinkPlayer; readonly shaper: NetemShaper }[] = [];
  try {
    for (const { name, link, host, peer } of ends) {
      const classes = [{ link: name, device: host.device, match: { destination: peer.address } }];
      const shaper = await NetemShaper.attach({ classes, exemptPorts: [] }, host.enter);
      const player = new LinkPlayer(new Map([[name, link]]), shaper, { clock, onFault: () => {} });
      player.start();
      players.push({ player, shaper });
    }
    const sentAtUnixMs = sentAtMs.map((atMs) => startUnixMs + atMs);
    return await hosts.a.messages({ address: hosts.b.address, port: ECHO_STREAM_PORT, sentAtUnixMs, bytes });
  } finally {
    for (const { player, shaper } of players) {
      await player.close();
      await shaper.close();
    }
    clock.close();
  }
};
