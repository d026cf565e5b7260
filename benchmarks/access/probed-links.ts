import { seededRng } from '../../core/random/rng.ts';
import type { LinkState } from '../../netem/links/model/link-model.ts';
import type { PathLinks } from '../../netem/links/path-links.ts';
import { SLOT_MS } from '../../netem/sky/path/time-grid.ts';

/** Round trips in milliseconds over a path as it is, `probes` in each slot at random instants; those that meet a link that is down are lost. */
export const probedLinks = (
  { forward, back, slots }: PathLinks,
  { count, probes, seed }: { readonly count: number; readonly probes: number; readonly seed: number },
): Float64Array => {
  const rng = seededRng(seed)('probes');
  const oneWayUs = ({ delayUs, jitterUs }: LinkState): number => delayUs + (2 * rng.next() - 1) * jitterUs;
  const rttMs: number[] = [];
  for (let slot = 0; slot < count; slot++) {
    const startMs = slots!.offsetMs + slot * SLOT_MS;
    const atMs = Array.from({ length: probes }, () => startMs + rng.next() * SLOT_MS).sort((a, b) => a - b);
    for (const sentMs of atMs) {
      const [there, home] = [forward.stateAt(sentMs), back.stateAt(sentMs)];
      if (there.up && home.up) rttMs.push((oneWayUs(there) + oneWayUs(home)) / 1000);
    }
  }
  return Float64Array.from(rttMs);
};
