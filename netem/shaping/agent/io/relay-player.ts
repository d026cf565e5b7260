import { closeAll } from '../../../../core/process/close-all.ts';
import type { RngSource } from '../../../../core/random/rng.ts';
import type { Clock } from '../../../../core/time/clock.ts';
import { sharingSerialisers } from '../../../links/serialisers-of.ts';
import type { TransportConfig } from '../../../links/transport/transport-schema.ts';
import { Echo } from '../../probe/io/echo.ts';
import { Relay } from '../../relay/io/relay.ts';
import { RelayMemory } from '../../relay/io/relay-memory.ts';
import { measureRelayOverheadMs } from '../../relay/io/relay-overhead.ts';
import type { ArrivingPath } from '../namespace-paths.ts';
import type { Attachment } from './attachment.ts';
import type { Player } from './player.ts';
import { exchangeRedirects, type Redirect, redirect } from './redirect.ts';

export interface RelayPlayerOptions {
  readonly arrivals: readonly ArrivingPath[];
  readonly attachmentTo: (network: string) => Attachment;
  readonly clock: Clock;
  readonly rng: RngSource;
  /** What TCP does over the paths. */
  readonly transport: TransportConfig;
  /**
   * Whether the servers listen where others call. The relay then listens on other ports and connections are redirected to it
   * (which needs CAP_NET_ADMIN). Otherwise the servers listen on the loopback only, and the relay listens in their place.
   */
  readonly redirects: boolean;
  /** Called when connections are refused. */
  readonly onFault: (problem: string) => void;
}

/** Plays both directions of every path that arrives in this namespace, without the kernel's shaping. */
export const playRelay = async (options: RelayPlayerOptions): Promise<Player> => {
  const { arrivals, attachmentTo, clock, rng, transport, redirects, onFault } = options;
  const overheadMs = arrivals.length === 0 ? 0 : await measureRelayOverheadMs(clock, rng);
  const echo = await Echo.listen({ host: '127.0.0.1', port: 0 });
  const memory = new RelayMemory();
  const serialisersOf = sharingSerialisers();
  const place = async ({ path, links, network, port, targetPort, probePort }: ArrivingPath): Promise<Placed> => {
    const { address } = attachmentTo(network);
    const { forward, back } = links;
    const listenPort = redirects ? 0 : port;
    const probe = { listenPort: probePort, targetPort: echo.port };
    const onRefused = (): void => onFault(`the relay of ${path} refuses connections: too many are open`);
    const serialisers = serialisersOf(links);
    const common = {
      name: path,
      forward,
      back,
      clock,
      rng,
      transport,
      serialisers,
      targetPort,
      overheadMs,
      probe,
      memory,
      onRefused,
    };
    const relay = await Relay.listen({ ...common, listenHost: address, listenPort });
    return { relay, redirect: { address, port, toPort: relay.port } };
  };
  const places = new Map<ArrivingPath, Placed>();
  await Promise.all(arrivals.map(async (arrival) => places.set(arrival, await place(arrival))));
  const relays = (): readonly Relay[] => [...places.values()].map(({ relay }) => relay);
  const rules = (): readonly Redirect[] => [...places.values()].map((placed) => placed.redirect);
  const undo = redirects ? await redirect(rules()) : async () => {};
  return {
    shaper: 'relay',
    links: new Map(
      arrivals.flatMap(({ path, links }) => [
        [`${path}/forward`, links.forward] as const,
        [`${path}/back`, links.back] as const,
      ]),
    ),
    begin: () => {}, // a relay reads the state of its links whenever bytes come
    health: () => ({
      ok: true,
      overheadMs,
      heldBytes: memory.heldBytes,
      connections: sumOf(relays().map((relay) => relay.connections.open)),
      refusedConnections: sumOf(relays().map((relay) => relay.connections.refused)),
      cutOffConnections: sumOf(relays().map((relay) => relay.connections.cutOff)),
      lateP50Ms: Math.max(0, ...relays().map(({ lateness }) => orZero(lateness.quantileUs(0.5)) / 1000)),
      lateP99Ms: Math.max(0, ...relays().map(({ lateness }) => orZero(lateness.quantileUs(0.99)) / 1000)),
    }),
    followPeers: async () => {},
    reattach: async (network) => {
      for (const [arrival, { relay }] of places) {
        if (arrival.network !== network) continue;
        await relay.close(); // its address is gone, and every connection with it
        places.set(arrival, await place(arrival));
      }
      if (redirects) await exchangeRedirects(rules());
    },
    close: () => closeAll([undo, ...relays().map((relay) => () => relay.close()), () => echo.close()]),
  };
};

interface Placed {
  readonly relay: Relay;
  readonly redirect: Redirect;
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);
