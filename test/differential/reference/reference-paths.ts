import type { RngSource } from '../../../core/random/rng.ts';
import type { VirtualClock } from '../../../core/time/virtual-clock.ts';
import type { ConnectedPath } from '../../../hosts/simulate/crossing.ts';
import { idealPath } from '../../../hosts/simulate/ideal-path.ts';
import { TcpPath } from '../../../hosts/simulate/tcp-path.ts';
import { LinkEmulator } from '../../../netem/links/model/link-emulator.ts';
import { sharingSerialisers } from '../../../netem/links/serialisers-of.ts';
import { PacketLink } from '../../../netem/links/transport/packet-link.ts';
import { CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES } from '../../../router/io/http2-limits.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { linksOf, type Topology } from '../../../scenario/topology.ts';

/** Every path of a run, by name, all on one clock. */
export const referencePaths = ({
  scenario,
  topology,
  clock,
  rng,
}: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly clock: VirtualClock;
  readonly rng: RngSource;
}): ReadonlyMap<string, ConnectedPath> => {
  const { transport: config } = scenario.network;
  const serialisersOf = sharingSerialisers();
  const accesses = new Set(topology.clients.map((client) => `${client.name}/access`));
  return new Map(
    [...linksOf(topology)].map(([name, links]): [string, ConnectedPath] => {
      const of = (direction: 'forward' | 'back') => ({ name: `${name}/${direction}`, link: links[direction], rng });
      if (config.model === 'ideal') {
        const emulator = (direction: 'forward' | 'back') => new LinkEmulator({ ...of(direction), clock });
        return [name, idealPath(emulator('forward'), emulator('back'))];
      }
      // The router receives what comes from clients, and from nodes.
      const http2 = accesses.has(name)
        ? { forward: ROUTER_WINDOWS, back: config.http2 }
        : { forward: config.http2, back: ROUTER_WINDOWS };
      const serialisers = serialisersOf(links);
      const forward = new PacketLink({ ...of('forward'), serialiser: serialisers.forward });
      const back = new PacketLink({ ...of('back'), serialiser: serialisers.back });
      return [name, new TcpPath({ name, clock, rng, forward, back, config, http2 })];
    }),
  );
};

/** What the live router advertises. */
const ROUTER_WINDOWS = { streamBytes: STREAM_WINDOW_BYTES, connectionBytes: CONNECTION_WINDOW_BYTES };
