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
  readonly downMs: readonly Ms[];
  readonly afterMs: Ms;
  readonly beforeMs: Ms;
}

/** How many suspects of a path are measured. */
const MOST_LOOKS = 20;

/** So many samples in a row without an up are one outage; of fewer, each may be in one of its own. */
const SURELY_ONE = 8;

const longestOutage = (samples: readonly Sample[], link: LinkModel, untilMs: Ms): Outage | null => {
  const suspects = suspectsIn(samples, untilMs).sort((a, b) => boundMs(b) - boundMs(a));
  let longest: Outage | null = null;
  for (const suspect of suspects.slice(0, MOST_LOOKS)) {
    if (boundMs(suspect) <= (longest?.forMs ?? 0)) break;
    for (const outage of outagesOf(suspect, link)) if (outage.forMs > (longest?.forMs ?? 0)) longest = outage;
  }
  return longest;
};

const boundMs = ({ afterMs, beforeMs }: Suspect): Ms => beforeMs - afterMs;

const outagesOf = ({ downMs, afterMs, beforeMs }: Suspect, link: LinkModel): readonly Outage[] => {
  const [first, last] = [downMs[0]!, downMs.at(-1)!];
  const pairs = downMs.length > SURELY_ONE ? [[first, last] as const] : downMs.map((atMs) => [atMs, atMs] as const);
  return pairs.map(([fromMs, toMs]) => {
    const startMs = startOf(link, fromMs, afterMs);
    return { fromMs: startMs, forMs: endOf(link, toMs, beforeMs) - startMs };
  });
};

/** When the outage began that the link is in at `downMs`: first by steps back that double, then by halving, then exactly. */
const startOf = (link: LinkModel, downMs: Ms, afterMs: Ms): Ms => {
  let [up, down] = [downMs, downMs];
  for (let stepMs = FIRST_STEP_MS; up === down; stepMs *= 2) {
    const atMs = Math.max(afterMs, downMs - stepMs);
    if (link.stateAt(atMs).up) up = atMs;
    else [up, down] = [atMs, atMs];
    if (atMs === afterMs && up === down) return afterMs;
  }
  [up, down] = halved(link, up, down);
  let startMs: Ms | null = null;
  for (const { atMs, state } of timeline(link, up, down)) {
    if (state.up) startMs = null;
    else startMs ??= atMs;
  }
  return startMs ?? down;
};

/** When that outage ends, in the same way. */
const endOf = (link: LinkModel, downMs: Ms, beforeMs: Ms): Ms => {
  let [up, down] = [downMs, downMs];
  for (let stepMs = FIRST_STEP_MS; up === down; stepMs *= 2) {
    const atMs = Math.min(beforeMs, downMs + stepMs);
    if (link.stateAt(atMs).up) up = atMs;
    else [up, down] = [atMs, atMs];
    if (atMs === beforeMs && up === down) return beforeMs;
  }
  [up, down] = halved(link, up, down);
  for (const { atMs, state } of timeline(link, down, up)) if (state.up) return atMs;
  return up;
};

const FIRST_STEP_MS = 500;

/** An instant when it is up and one when it is down, moved together until less than a second lies between them. */
const halved = (link: LinkModel, upMs: Ms, downMs: Ms): [Ms, Ms] => {
  let [up, down] = [upMs, downMs];
  while (Math.abs(up - down) > 1000) {
    const middleMs = (up + down) / 2;
    if (link.stateAt(middleMs).up) up = middleMs;
    else down = middleMs;
  }
  return [up, down];
};

const suspectsIn = (samples: readonly Sample[], untilMs: Ms): Suspect[] => {
  const found: Suspect[] = [];
  for (let from = 0; from < samples.length; from++) {
    if (samples[from]!.because === null) continue;
    let to = from;
    while (to + 1 < samples.length && samples[to + 1]!.because !== null) to++;
    found.push({
      downMs: samples.slice(from, to + 1).map(({ atMs }) => atMs),
      afterMs: samples[from - 1]?.atMs ?? 0,
      beforeMs: samples[to + 1]?.atMs ?? untilMs,
    });
    from = to;
  }
  return found;
};
