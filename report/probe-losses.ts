import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import type { LinkModel } from '../netem/links/model/link-model.ts';
import type { LinkPlan } from './link-plan.ts';

export type ProbesLostEvent = Extract<Event, { kind: 'probes-lost' }>;

export interface ProbeLosses {
  readonly path: string;
  /** Probes without an answer, except those during an outage of the plan. */
  readonly lost: number;
  /** Probes that the plan gave an answer. */
  readonly sent: number;
}

/** Share of a path's probes that may stay without an answer. Above it, delay errors describe only the probes that came back. */
const MOST_LOST = 0.01;

/** Whether the plan had a direction of the path down while these probes had no answer. */
export const isPlannedLoss = ({ path, atMs, untilMs }: ProbesLostEvent, plan: LinkPlan): boolean =>
  ['forward', 'back'].some((direction) => {
    const link = plan.model(`${path}/${direction}`);
    return link !== null && isDownWithin(link, atMs, untilMs + UNDER_WAY_MS);
  });

/** The paths that lost too many probes for their figures to be used: a line each. */
export const probeLossFaults = (losses: readonly ProbeLosses[]): readonly string[] =>
  losses
    .filter(({ lost, sent }) => lost > MOST_LOST * sent)
    .map(({ path, lost, sent }) => `path ${path}: ${lost} of ${sent} probes unanswered`);

const isDownWithin = (link: LinkModel, fromMs: Ms, untilMs: Ms): boolean => {
  for (let atMs: Ms | null = fromMs; atMs !== null && atMs <= untilMs; atMs = link.nextChangeAfter(atMs)) {
    if (!link.stateAt(atMs).up) return true;
  }
  return false;
};

/** How long a probe that was sent may still be in flight when an outage begins: a round trip, and its retransmissions. */
const UNDER_WAY_MS: Ms = 1000;
