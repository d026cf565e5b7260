import type { Network } from '../../netem/links/network.ts';
import type { PathLinks } from '../../netem/links/path-links.ts';
import { popNear } from '../../netem/sky/path/access-points.ts';
import { SLOT_MS } from '../../netem/sky/path/time-grid.ts';
import type { MeasuredSite } from './measured-site.ts';

/** From a measured site to the nearest PoP, which is where its probes went; nothing lies behind the PoP. */
export const accessToPop = (network: Network, { name, latDeg, lonDeg }: MeasuredSite): PathLinks => {
  const client = { name, latDeg, lonDeg, terminal: false };
  const pop = popNear(client);
  return network.access({ client, kind: 'starlink', pop: pop.name, to: { ...pop, terminal: false } });
};

/** The delay there and back in the middle of each slot, in milliseconds. A slot without a way has that of the slot before. */
export const slotRoundTrips = ({ forward, back, slots }: PathLinks, count: number): Float64Array => {
  const found = new Float64Array(count);
  for (let slot = 0; slot < count; slot++) {
    const atMs = slots!.offsetMs + (slot + 0.5) * SLOT_MS;
    const [there, home] = [forward.stateAt(atMs), back.stateAt(atMs)];
    found[slot] = there.up || slot === 0 ? (there.delayUs + home.delayUs) / 1000 : found[slot - 1]!;
  }
  return found;
};
