import type { RngSource } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { LinkModel } from '../../links/model/link-model.ts';
import { jitterKeyOf, travelMs } from '../../links/model/travel.ts';

/** How the shaper draws jitter: `by-time`, as the relay does, so that it is known ahead, or for each packet, as netem does. */
export type JitterKind = 'by-time' | 'by-packet';

export interface PlannedRoundTrip {
  readonly plannedMs: Ms;
  /** Half-width of the jitter that is not in `plannedMs`, both directions together. */
  readonly jitterMs: Ms;
}

/**
 * The planned round trip of a small message that is sent at `sentAtMs` and turns around at once: the state of `forward` is read
 * then, that of `back` when the message turns. Waiting behind other bytes is not included.
 *
 * Null where the plan has no single number: a link is down or was down in the last `SETTLE_MS`, or it changes by more than
 * `STEP_MS` just then, so that some microseconds decide which of two delays applies.
 */
export const plannedRoundTrip = (path: {
  readonly name: string;
  readonly forward: LinkModel;
  readonly back: LinkModel;
  readonly jitter: JitterKind;
  /** The random source of the run: jitter depends on its seed. */
  readonly rng: RngSource;
  readonly sentAtMs: Ms;
}): PlannedRoundTrip | null => {
  const { name, jitter, rng, sentAtMs } = path;
  const forward = crossing({ link: path.forward, name: `${name}/forward`, jitter, rng, atMs: sentAtMs });
  if (forward === null) return null;
  const turnsAtMs = sentAtMs + forward.plannedMs;
  const back = crossing({ link: path.back, name: `${name}/back`, jitter, rng, atMs: turnsAtMs });
  if (back === null) return null;
  return { plannedMs: forward.plannedMs + back.plannedMs, jitterMs: forward.jitterMs + back.jitterMs };
};

const crossing = (way: {
  readonly link: LinkModel;
  readonly name: string;
  readonly jitter: JitterKind;
  readonly rng: RngSource;
  readonly atMs: Ms;
}): PlannedRoundTrip | null => {
  const { link, name, jitter, rng, atMs } = way;
  if (!isSettled(link, atMs)) return null;
  const key = jitterKeyOf(name, rng);
  const travelAt = (departMs: Ms): Ms => {
    const state = link.stateAt(departMs);
    return travelMs(jitter === 'by-time' ? state : { ...state, jitterUs: 0 }, key, departMs);
  };
  const plannedMs = travelAt(atMs);
  if (Math.abs(travelAt(atMs + SLACK_MS) - plannedMs) > STEP_MS) return null;
  return { plannedMs, jitterMs: jitter === 'by-time' ? 0 : link.stateAt(atMs).jitterUs / 1000 };
};

const isSettled = (link: LinkModel, atMs: Ms): boolean => {
  let checkedMs: Ms | null = atMs - SETTLE_MS;
  while (checkedMs !== null && checkedMs <= atMs + SLACK_MS) {
    if (!link.stateAt(checkedMs).up) return false;
    checkedMs = link.nextChangeAfter(checkedMs);
  }
  return true;
};

/** After an outage, waiting messages are flushed and queues drain: the plan has no number for that long. */
const SETTLE_MS = 500;

/** How much later than planned a message may enter a link. */
const SLACK_MS = 0.5;

const STEP_MS = 0.05;
