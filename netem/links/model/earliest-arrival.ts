import type { Ms } from '../../../core/time/clock.ts';
import { US_PER_MS } from '../../../core/units.ts';
import type { LinkModel, LinkState } from './link-model.ts';

/**
 * When a message of `bytes` that may enter the link from `atMs` on can be at the other end at the earliest, whatever the transport: alone on
 * the link, with unlimited windows, nothing lost, and the least jitter. Infinity where the link stays down for an hour.
 *
 * A message that enters later may arrive earlier, where the path gets shorter: so every change of the link counts that comes before the best
 * arrival so far. Of those the rate does not count, because most of the message may have passed before it.
 *
 * How long a link was found down is remembered: whoever asks for each of many requests would look through the same hour each time.
 */
export const earliestArrivalMs = (link: LinkModel, atMs: Ms, bytes: number): Ms => {
  const known = foundDown.get(link);
  const isKnown = known !== undefined && atMs >= known.fromMs && atMs < known.untilMs;
  const down = isKnown ? known : { fromMs: atMs, untilMs: atMs };
  let bestMs = Number.POSITIVE_INFINITY;
  let fromMs: Ms | null = down.untilMs;
  while (fromMs !== null && fromMs < bestMs && fromMs <= atMs + LONGEST_OUTAGE_MS) {
    const state = link.stateAt(fromMs);
    const nextMs = link.nextChangeAfter(fromMs);
    if (state.up) {
      const passesMs: Ms = fromMs === atMs && state.rateKbps > 0 ? (bytes * 8) / state.rateKbps : 0;
      bestMs = Math.min(bestMs, fromMs + passesMs + leastTravelMs(state));
    } else if (fromMs === down.untilMs) {
      down.untilMs = nextMs ?? Number.POSITIVE_INFINITY;
    }
    fromMs = nextMs;
  }
  if (!isKnown && down.untilMs > atMs) foundDown.set(link, down);
  return bestMs;
};

/** A stretch in which a link is down: from where somebody asked to where it may be up again. */
interface FoundDown {
  readonly fromMs: Ms;
  untilMs: Ms;
}

const foundDown = new WeakMap<LinkModel, FoundDown>();

const leastTravelMs = ({ delayUs, jitterUs }: LinkState): Ms => Math.max(0, delayUs - jitterUs) / US_PER_MS;

const LONGEST_OUTAGE_MS = 3_600_000;
