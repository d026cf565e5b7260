import type { RngSource } from '../../core/random/rng.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { LinkEmulator } from '../../netem/links/model/link-emulator.ts';
import type { PathLinks } from '../../netem/links/path-links.ts';
import { sharingSerialisers } from '../../netem/links/serialisers-of.ts';
import { PacketLink } from '../../netem/links/transport/packet-link.ts';
import { CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES } from '../../router/io/http2-limits.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Topology } from '../../scenario/topology.ts';
import { AccessPath } from './access-path.ts';
import type { ConnectedPath } from './crossing.ts';
import { idealPath } from './ideal-path.ts';
import { TcpPath, type TcpPathOptions } from './tcp-path.ts';

/** Every path of a simulated run, by name, with one connection each. */
export interface PlayedPaths {
  /** From the router to each endpoint. */
  readonly endpoints: ReadonlyMap<string, ConnectedPath>;
  /** From each client to the router, as the live load generator has one channel a client. */
  readonly access: ReadonlyMap<string, AccessPath>;
}

export const playedPaths = (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly clock: VirtualClock;
  readonly rng: RngSource;
}): PlayedPaths => {
  const { scenario, topology, clock } = options;
  const { http2 } = scenario.network.transport;
  const parts = { ...options, serialisersOf: sharingSerialisers() };
  // The router receives what comes from clients, and from nodes.
  const [asked, asking] = [
    { forward: http2, back: ROUTER_WINDOWS },
    { forward: ROUTER_WINDOWS, back: http2 },
  ];
  return {
    endpoints: new Map(
      topology.endpoints.map(({ name, links }) => [name, connectedPath(name, links, { ...parts, http2: asked })]),
    ),
    access: new Map(
      topology.clients.map(({ name, links }) => {
        const path = new AccessPath(clock, ({ own, receiving }) =>
          connectedPath(`${name}/access`, links, { ...parts, clock: own, receiving, http2: asking }),
        );
        return [name, path];
      }),
    ),
  };
};

const connectedPath = (
  name: string,
  links: PathLinks,
  options: {
    readonly scenario: Scenario;
    readonly clock: Clock;
    readonly receiving?: Clock;
    readonly rng: RngSource;
    readonly serialisersOf: ReturnType<typeof sharingSerialisers>;
    readonly http2: TcpPathOptions['http2'];
  },
): ConnectedPath => {
  const { scenario, clock, receiving = clock, rng, serialisersOf, http2 } = options;
  const { transport: config } = scenario.network;
  const of = (direction: 'forward' | 'back') => ({ name: `${name}/${direction}`, link: links[direction], rng });
  if (config.model === 'ideal') {
    const emulator = (direction: 'forward' | 'back') => new LinkEmulator({ ...of(direction), clock, receiving });
    return idealPath(emulator('forward'), emulator('back'));
  }
  const serialisers = serialisersOf(links);
  const forward = new PacketLink({ ...of('forward'), serialiser: serialisers.forward });
  const back = new PacketLink({ ...of('back'), serialiser: serialisers.back });
  return new TcpPath({ name, clock, receiving, rng, forward, back, config, http2 });
};

/** What the live router advertises. */
const ROUTER_WINDOWS = { streamBytes: STREAM_WINDOW_BYTES, connectionBytes: CONNECTION_WINDOW_BYTES };
