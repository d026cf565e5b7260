import type { Ms } from '../core/time/clock.ts';
import { eventLoopFaults } from './event-loop-faults.ts';
import { generatorFaults } from './generator-faults.ts';
import { latenessFaults } from './lateness-faults.ts';
import { probeLossFaults } from './probe-losses.ts';
import type { RunTally } from './run-tally.ts';
import type { RunFigures } from './summary-schema.ts';

/**
 * Why the figures of a run must not be used, one reason a line; empty when they may. Nothing of a run may be missing, or be cut
 * off without a reason here (I10).
 */
export const runFaults = (tally: RunTally, figures: RunFigures): string[] => {
  const seen = requestsSeen(tally);
  return [
    ...endFaults(tally),
    ...[...tally.faults].map(([fault, times]) => (times === 1 ? fault : `${fault} (${times} times)`)),
    ...scheduleFaults(tally, seen),
    ...requestFaults(figures, seen),
    ...pathFaults(seen),
    ...loadFaults(tally, figures),
    ...latenessFaults(tally.lateness),
    ...eventLoopFaults(tally.eventLoops),
    ...probeFaults(tally),
    ...probeLossFaults(tally.probes.losses(tally.links, tally.run.warmUpMs)),
    ...latencyFaults(figures),
  ];
};

/** What the whole log says of requests, including the warm-up: a fault there affects the time after it. */
interface RequestsSeen {
  readonly logged: number;
  readonly dropped: number;
  /** How many requests went to each path that was never up, or had no other path. */
  readonly byDeadPath: ReadonlyMap<string, number>;
}

const requestsSeen = ({ requests, attempts, links }: RunTally): RequestsSeen => {
  const dead = new Set(links.neverUp());
  const byDeadPath = new Map<string, number>();
  const count = (path: string | undefined): void => {
    if (path !== undefined && dead.has(path)) byDeadPath.set(path, (byDeadPath.get(path) ?? 0) + 1);
  };
  let logged = 0;
  let dropped = 0;
  for (const { request, client, outcome } of requests.records()) {
    logged++;
    if (outcome === 'dropped') dropped++;
    count(`${client}/access`);
    // A router that knows of the outage refuses requests that have no other path: such a request counts for every dead path.
    if (dead.size > 0 && outcome === 'failed' && attempts.attemptsOf(request) === 0)
      for (const path of dead) count(path);
  }
  if (dead.size > 0) for (const { endpoint } of attempts.records()) count(endpoint);
  return { logged, dropped, byDeadPath };
};

const endFaults = ({ run, ended }: RunTally): readonly string[] => {
  if (ended === null) return ['the log ends before the run does'];
  if (!ended.isInterrupted) return [];
  return [
    `interrupted after ${(ended.atMs / 1000).toFixed(1)} s of ${run.durationMs / 1000} s: these figures are partial`,
  ];
};

const scheduleFaults = ({ run, followed, ended }: RunTally, { logged }: RequestsSeen): readonly string[] => {
  const planned = run.requests + followed;
  return logged < planned && ended?.isInterrupted !== true
    ? [`the log has ${logged} of the ${planned} requests of the schedule`]
    : [];
};

const requestFaults = ({ open, requests }: RunFigures, { dropped, logged }: RequestsSeen): readonly string[] => [
  ...(dropped > 0 ? [`${dropped} of ${logged} requests were dropped: too many were in flight`] : []),
  ...(open > 0 ? [`${open} of ${requests} requests were still open when the run ended`] : []),
];

const pathFaults = ({ byDeadPath }: RequestsSeen): readonly string[] =>
  [...byDeadPath].map(([path, requests]) => `path ${path} was never up, and ${requests} requests depended on it`);

const loadFaults = ({ run, generators, ended }: RunTally, { e2eMs }: RunFigures): readonly string[] =>
  generators.length === 0 && run.host !== 'simulate'
    ? ['the load generator did not report on itself']
    : generatorFaults(generators, { e2eP50Ms: e2eMs.p50, isInterrupted: ended?.isInterrupted === true });

/** Without probes nobody can tell whether paths behaved as planned. */
const probeFaults = ({ run, ended, probes, links }: RunTally): readonly string[] =>
  run.host === 'simulate' || ended === null
    ? []
    : probes
        .silences(links, ended.atMs)
        .map(
          ({ path, fromMs, forMs }) =>
            `no probe of path ${path} came back for ${seconds(forMs)} s from ${seconds(fromMs)} s on`,
        );

const seconds = (ms: Ms): string => (ms / 1000).toFixed(1);

const latencyFaults = ({ invalidBecause }: RunFigures): readonly string[] =>
  invalidBecause.map(({ figure, reason }) => `${figure}: ${reason}`);
