import { lookup } from 'node:dns/promises';
import { closeAll } from '../../../../core/process/close-all.ts';
import type { Clock } from '../../../../core/time/clock.ts';
import { LinkPlayer } from '../../link-player.ts';
import { Echo } from '../../probe/io/echo.ts';
import { NetemShaper } from '../../tc/io/netem-shaper.ts';
import type { Match } from '../../tc/shaping-plan.ts';
import type { Departure } from '../namespace-paths.ts';
import type { Attachment } from './attachment.ts';
import type { Player } from './player.ts';

export interface NetemPlayerOptions {
  readonly departures: readonly Departure[];
  readonly attachmentTo: (network: string) => Attachment;
  readonly clock: Clock;
  /** Called with what somebody else changed in the tree, and with what could not be set. */
  readonly onFault: (problem: string) => void;
  /** Ports that are never shaped: health and metrics. */
  readonly exemptPorts: readonly number[];
  /** The port where probes from elsewhere are answered, on the address of each network. */
  readonly echoes: readonly { readonly network: string; readonly port: number }[];
}

/** Shapes what leaves this namespace with the kernel's netem. Waits until every peer has an address. */
export const playNetem = async (options: NetemPlayerOptions): Promise<Player> => {
  const { departures, attachmentTo, clock, onFault, exemptPorts } = options;
  const addresses = new Map<string, string>();
  for (const peer of new Set(departures.map((departure) => departure.peer))) {
    addresses.set(peer, await addressOf(peer));
  }
  const shaped = departures.flatMap(shapedLinks);
  const shaper = await NetemShaper.attach({
    classes: shaped.map(({ link, departure, port }) => ({
      link,
      device: attachmentTo(departure.network).device,
      match: matchOf(departure, port, addresses.get(departure.peer)!),
      ...(departure.uplink === undefined ? {} : { shared: departure.uplink }),
    })),
    exemptPorts,
  });
  const models = new Map(shaped.map(({ link, departure }) => [link, departure.model]));
  const player = new LinkPlayer(models, shaper, { clock, onFault });
  const echoes = await Promise.all(
    options.echoes.map(({ network, port }) => Echo.listen({ host: attachmentTo(network).address, port })),
  );
  const unreachable = new Set<string>();
  return {
    shaper: 'netem',
    links: new Map(departures.map(({ link, model }) => [link, model])),
    begin: () => player.start(),
    health: () => ({
      ok: unreachable.size === 0,
      ...shaper.counts,
      lateP50Ms: player.lateness.count === 0 ? 0 : player.lateness.quantileUs(0.5) / 1000,
      lateP99Ms: player.lateness.count === 0 ? 0 : player.lateness.quantileUs(0.99) / 1000,
      unreachable: [...unreachable],
    }),
    followPeers: async () => {
      for (const [peer, known] of addresses) {
        const address = await lookup(peer, 4).then(
          (found) => found.address,
          () => null, // it is gone for now: its packets go nowhere
        );
        if (address === null) unreachable.add(peer);
        else unreachable.delete(peer);
        if (address === null || address === known) continue;
        addresses.set(peer, address);
        onFault(`${peer} moved from ${known} to ${address}`);
        for (const { link, departure, port } of shaped) {
          if (departure.peer === peer) await shaper.retarget(link, matchOf(departure, port, address));
        }
      }
    },
    close: () => closeAll([...echoes.map((echo) => () => echo.close()), () => player.close(), () => shaper.close()]),
  };
};

interface ShapedLink {
  readonly link: string;
  readonly departure: Departure;
  readonly port: number | null;
}

/** Where ports tell paths apart, probes have a port and a class of their own, which plays the same link. */
const shapedLinks = (departure: Departure): readonly ShapedLink[] => {
  const { link, ports } = departure;
  if (ports === undefined) return [{ link, departure, port: null }];
  return [
    { link, departure, port: ports.load },
    { link: `${link}#probes`, departure, port: ports.probes },
  ];
};

const matchOf = ({ ports }: Departure, port: number | null, destination: string): Match => {
  if (ports === undefined || port === null) return { destination };
  return ports.at === 'source' ? { destination, sourcePort: port } : { destination, destinationPort: port };
};

const addressOf = async (peer: string): Promise<string> => {
  for (;;) {
    try {
      return (await lookup(peer, 4)).address;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
};

const RETRY_MS = 100;
