import { exponential } from '../core/random/distributions.ts';
import type { RngSource } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import type { OfferingClient } from './arrivals/arrival-process.ts';
import { arrivalsOf } from './arrivals/registry.ts';
import { type ClientShare, clientChoice } from './client-choice.ts';
import { followerId, followsAtMs } from './followers.ts';
import type { AskedInTurn, LoadClass } from './load-class.ts';
import type { LoadConfig } from './load-schema.ts';
import type { PlannedRequest, Schedule } from './schedule.ts';
import { type Trace, traceTimeS } from './trace/trace.ts';

import { usualSession } from './usual-session.ts';

/**
 * The schedule of a load with classes whose sessions arrive whatever happens to others. Each class offers its share of `ratePerS`, in
 * requests: its sessions arrive by the arrival process of the load at that rate over their mean number of requests, and those that would be
 * under way when the run starts are there, too. They began as a Poisson process.
 *
 * Turns follow either at times that are known up front, as if each answer just met its objectives, or once the answer has ended
 * (`after-answers`): what is known as a partly open system. Source: B. Schroeder, A. Wierman, M. Harchol-Balter, "Open versus closed: a
 * cautionary tale", NSDI 2006. A turn that failed is then the last of its session.
 */
export const openSchedule = (options: {
  readonly load: LoadConfig;
  readonly classes: readonly LoadClass[];
  readonly trace: Trace;
  readonly durationMs: Ms;
  readonly startUnixMs: number;
  readonly clients: readonly (ClientShare & OfferingClient)[];
  readonly rng: RngSource;
}): Schedule => {
  const { load, classes, durationMs } = options;
  const waits = load.turns === 'after-answers';
  const total = classes.reduce((sum, { config }) => sum + config.share, 0);
  const fixed: Draft[] = [];
  for (const of of classes) {
    for (const { session, startMs, client } of arrivingSessions(options, of, of.config.share / total)) {
      const atMs = of.nominalMs(session.turns).map((ms) => startMs + ms);
      const isDue = (turn: number): boolean => atMs[turn]! >= 0 && atMs[turn]! < durationMs;
      const first = session.turns.findIndex((_, turn) => isDue(turn));
      if (first < 0) continue;
      const asked = (turn: number): AskedInTurn => of.asked(session, turn);
      if (waits && of.isInTurn) {
        const pauses = session.turns.map(({ pauseMs }) => pauseMs);
        fixed.push({ atMs: atMs[first]!, client, asked: asked(first), rest: { asked, pauses, turn: first } });
        continue;
      }
      for (let turn = first; turn < session.turns.length; turn++) {
        if (isDue(turn)) fixed.push({ atMs: atMs[turn]!, client, asked: asked(turn), rest: null });
      }
    }
  }
  fixed.sort((a, b) => a.atMs - b.atMs);
  return fixed.map(({ atMs, client, asked, rest }, id, { length }): PlannedRequest => {
    const first = { ...asked, id, atMs, client };
    return { ...first, next: rest === null ? null : nextTurn(rest, { first, index: 1, length, durationMs }) };
  });
};

/** A request before it has a number. */
interface Draft {
  readonly atMs: Ms;
  readonly client: string;
  readonly asked: AskedInTurn;
  /** What follows it; null where that has a time of its own. */
  readonly rest: Rest | null;
}

/** A session from one of its turns on. */
interface Rest {
  readonly asked: (turn: number) => AskedInTurn;
  readonly pauses: readonly Ms[];
  readonly turn: number;
}

/** The turn behind `rest.turn`, which is the request `index` after the first. */
const nextTurn =
  (
    { asked, pauses, turn }: Rest,
    of: {
      readonly first: Omit<PlannedRequest, 'next'>;
      readonly index: number;
      readonly length: number;
      readonly durationMs: Ms;
      readonly beganAtMs?: Ms;
    },
  ): PlannedRequest['next'] =>
  (endedAtMs, outcome) => {
    const { first, index, length, durationMs, beganAtMs = first.atMs } = of;
    const next = turn + 1;
    if (outcome !== 'answered' || next >= pauses.length) return null;
    const atMs = followsAtMs({ beganAtMs, endedAtMs, pauseMs: pauses[next]! });
    if (atMs >= durationMs) return null;
    const then = nextTurn({ asked, pauses, turn: next }, { ...of, index: index + 1, beganAtMs: atMs });
    return { ...asked(next), id: followerId(first.id, index, length), atMs, client: first.client, next: then };
  };

function* arrivingSessions(
  options: Parameters<typeof openSchedule>[0],
  of: LoadClass,
  share: number,
): Generator<{
  readonly session: ReturnType<LoadClass['session']>;
  readonly startMs: Ms;
  readonly client: string;
}> {
  const { load, trace, durationMs, startUnixMs, clients, rng } = options;
  const usual = of.config.kind === 'trace' ? ONE_REQUEST : usualSession(of);
  const ratePerS = (load.ratePerS * share) / usual.requests;
  const firstRow = rng(`trace/${of.name}`).below(trace.arrivalS.length);
  const arrivals = arrivalsOf(load.arrivals, {
    ratePerS,
    durationMs,
    startUnixMs,
    clients,
    traceTimeS: (index) => traceTimeS(trace, firstRow + index),
    timeScale: null,
    rng: rng(`arrivals/${of.name}`),
  });
  const clientAt = clientChoice(clients, arrivals, rng(`clients/${of.name}`));
  let number = 0;
  for (const startMs of arrivals.timesMs) yield { session: of.session(number++), startMs, client: clientAt(startMs) };
  const before = rng(`before/${of.name}`);
  const meanGapMs = 1000 / ratePerS;
  for (let agoMs = exponential(before, meanGapMs); agoMs < usual.longestSpanMs; agoMs += exponential(before, meanGapMs))
    yield { session: of.session(number++), startMs: -agoMs, client: clientAt(0) };
}

const ONE_REQUEST = { requests: 1, longestSpanMs: 0 };
