import type { Ms } from '../../core/time/clock.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import type { LinkPlan } from '../link-plan.ts';
import type { Timeline } from './charts-schema.ts';

/**
 * When paths were planned to be down for a second or more, and when they were handed over: their one-way delay jumps by a millisecond or
 * more, or they are down for less than a second. Within a slot satellites move the delay by far less. Of many, the longest and the highest are kept.
 */
export const pathChanges = (plan: LinkPlan, untilMs: Ms): Pick<Timeline, 'outages' | 'handOvers'> => {
  const outages: Timeline['outages'] = [];
  const handOvers: Timeline['handOvers'] = [];
  for (const path of plan.paths()) {
    for (const { downAtMs, upAtMs, jumpUs } of stepsOf(plan.model(`${path}/forward`)!, untilMs)) {
      const downMs = (upAtMs ?? untilMs) - downAtMs;
      if (downMs >= OUTAGE_MS) outages.push({ path, fromS: seconds(downAtMs), untilS: seconds(upAtMs ?? untilMs) });
      else if (upAtMs !== null && (downMs > 0 || Math.abs(jumpUs) >= JUMP_US))
        handOvers.push({ path, atS: seconds(upAtMs), jumpMs: Math.round(jumpUs / 10) / 100 });
    }
  }
  return {
    outages: most(outages, ({ fromS, untilS }) => untilS - fromS).toSorted((a, b) => a.fromS - b.fromS),
    handOvers: most(handOvers, ({ jumpMs }) => Math.abs(jumpMs)).toSorted((a, b) => a.atS - b.atS),
  };
};

const OUTAGE_MS: Ms = 1000;
const JUMP_US = 1000;
const MOST = 200;

/** Milliseconds of the run are enough for a chart. */
const seconds = (ms: Ms): number => Math.round(ms) / 1000;

const most = <Change>(changes: Change[], sizeOf: (change: Change) => number): Change[] =>
  changes.length <= MOST ? changes : changes.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST);

/** From one state in which the link is up to the next one, with the time in which it was down between them. */
interface Step {
  readonly downAtMs: Ms;
  /** Null where it stays down. */
  readonly upAtMs: Ms | null;
  /** Of the one-way delay; 0 from a link that was never up. */
  readonly jumpUs: number;
}

function* stepsOf(link: LinkModel, untilMs: Ms): Generator<Step> {
  let delayUs: number | null = null;
  let downAtMs: Ms | null = null;
  for (let atMs: Ms | null = 0; atMs !== null && atMs < untilMs; atMs = link.nextChangeAfter(atMs)) {
    const state = link.stateAt(atMs);
    if (!state.up) {
      downAtMs ??= atMs;
      continue;
    }
    if (atMs > 0)
      yield { downAtMs: downAtMs ?? atMs, upAtMs: atMs, jumpUs: state.delayUs - (delayUs ?? state.delayUs) };
    delayUs = state.delayUs;
    downAtMs = null;
  }
  if (downAtMs !== null) yield { downAtMs, upAtMs: null, jumpUs: 0 };
}
