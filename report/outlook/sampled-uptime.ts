import type { Ms } from '../../core/time/clock.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { timeline } from '../../netem/links/model/timeline.ts';
import type { Outage, PathUptime } from './uptime.ts';

/** What was found at one instant. */
export interface Sample {
  readonly atMs: Ms;
  /** Null when the path was up; `undefined` when it was down, but nobody asked why. */
  readonly because: string | null | undefined;
  /** Whether it counts in shares: extra samples at chosen instants must not. */
  readonly counts: boolean;
}

/**
 * Estimates when a path is up from samples in the order of time. The longest outages that the samples point to are measured on the
 * link itself, as far as that is little work; `untilMs` is the end of the run.
 */
export const sampledUptime = (samples: readonly Sample[], link: LinkModel, untilMs: Ms): PathUptime => {
  const counted = samples.filter(({ counts }) => counts);
  const down = counted.filter(({ because }) => because !== null);
  const known = down.filter(({ because }) => because !== undefined);
  const downShare = down.length / counted.length;
  const countBy = new Map<string, number>();
  for (const { because } of known) countBy.set(because!, (countBy.get(because!) ?? 0) + 1);
  return {
    upShare: 1 - downShare,
    longestOutage: longestOutage(samples, link, untilMs),
    downShareBy: Object.fromEntries(
      [...countBy].map(([because, count]) => [because, (downShare * count) / known.length]),
    ),
    isSampled: true,
  };
};

/** Samples in a row without an up between them, and the time in which their outage must be. */
interface Suspect {
  readonly firstMs: Ms;
  readonly lastMs: Ms;
  readonly count: number;
  readonly afterMs: Ms;
  readonly beforeMs: Ms;
}

/** How many suspects of a path are measured. */
const MOST_LOOKS = 20;

/** So many samples in a row without an up are one outage; of fewer, each instant between them is looked at. */
const SURELY_ONE = 8;

const longestOutage = (samples: readonly Sample[], link: LinkModel, untilMs: Ms): Outage | null => {
  const suspects = suspectsIn(samples, untilMs).sort((a, b) => b.beforeMs - b.afterMs - (a.beforeMs - a.afterMs));
  let longest: Outage | null = null;
  for (const suspect of suspects.slice(0, MOST_LOOKS)) {
    if (suspect.beforeMs - suspect.afterMs <= (longest?.forMs ?? 0)) break;
    const outage = suspect.count > SURELY_ONE ? betweenEdges(suspect, link) : longestWithin(suspect, link);
    if (outage.forMs > (longest?.forMs ?? 0)) longest = outage;
  }
  return longest;
};

const suspectsIn = (samples: readonly Sample[], untilMs: Ms): Suspect[] => {
  const found: Suspect[] = [];
  for (let from = 0; from < samples.length; from++) {
    if (samples[from]!.because === null) continue;
    let to = from;
    while (to + 1 < samples.length && samples[to + 1]!.because !== null) to++;
    found.push({
      firstMs: samples[from]!.atMs,
      lastMs: samples[to]!.atMs,
      count: to - from + 1,
      afterMs: samples[from - 1]?.atMs ?? 0,
      beforeMs: samples[to + 1]?.atMs ?? untilMs,
    });
    from = to;
  }
  return found;
};

/** Only the time before the first sample and the time after the last one are looked at. */
const betweenEdges = ({ firstMs, lastMs, afterMs, beforeMs }: Suspect, link: LinkModel): Outage => {
  let fromMs = firstMs;
  let isOpen = false;
  for (const { atMs, state } of timeline(link, afterMs, firstMs)) {
    if (!state.up && !isOpen) fromMs = atMs;
    isOpen = !state.up;
  }
  if (!isOpen) fromMs = firstMs;
  let toMs = beforeMs;
  for (const { atMs, state } of timeline(link, lastMs, beforeMs)) {
    if (!state.up) continue;
    toMs = atMs;
    break;
  }
  return { fromMs, forMs: toMs - fromMs };
};

const longestWithin = ({ afterMs, beforeMs }: Suspect, link: LinkModel): Outage => {
  let longest: Outage = { fromMs: afterMs, forMs: 0 };
  let openFromMs: Ms | null = null;
  const close = (atMs: Ms): void => {
    if (openFromMs !== null && atMs - openFromMs > longest.forMs)
      longest = { fromMs: openFromMs, forMs: atMs - openFromMs };
    openFromMs = null;
  };
  for (const { atMs, state } of timeline(link, afterMs, beforeMs)) {
    if (state.up) close(atMs);
    else openFromMs ??= atMs;
  }
  close(beforeMs);
  return longest;
};
