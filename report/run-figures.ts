import type { Event, RunEvent } from '../core/event/event.ts';
import { seededRng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { answersByNode } from './answers-by-node.ts';
import { attemptFigures } from './attempt-figures.ts';
import type { AttemptTable } from './attempt-table.ts';
import { round } from './distribution.ts';
import type { EnergyTally } from './energy-tally.ts';
import { extraAttempts } from './extra-attempts.ts';
import type { GapTally } from './gap-tally.ts';
import { type GeneratorEvent, generatorFigures } from './generator-figures.ts';
import type { LinkPlan } from './link-plan.ts';
import type { ProbeTally } from './probe-tally.ts';
import { requestFigures } from './request-figures.ts';
import type { RequestTable } from './request-table.ts';
import { saturationOf } from './saturation.ts';
import type { RunFigures } from './summary-schema.ts';
import { timingFaults } from './timing-faults.ts';
import type { WaitTally } from './wait-tally.ts';

/** The sums of a run. */
export interface Tallied {
  readonly run: RunEvent;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly links: LinkPlan;
  readonly probes: ProbeTally;
  readonly energy: EnergyTally;
  readonly generators: readonly GeneratorEvent[];
  readonly gaps: GapTally;
  readonly waits: WaitTally;
  readonly measuredMs: Ms;
  readonly ended: Extract<Event, { kind: 'ended' }> | null;
}

/** What a run measured, over the requests that were intended after its warm-up. */
export const runFigures = (tally: Tallied): RunFigures => {
  const { run, generators, links, measuredMs } = tally;
  const { good, judged, ...requests } = requestFigures(tally);
  const perS = (of: number): number | null => (measuredMs > 0 ? round((of * 1000) / measuredMs) : null);
  const probed = tally.probes.figures({
    plan: links,
    jitter: run.shaper === 'relay' ? 'by-time' : 'by-packet',
    rng: seededRng(run.key.seed),
    fromMs: run.warmUpMs,
  });
  const figures = {
    measuredMs: round(measuredMs),
    ...requests,
    ...attemptFigures(tally),
    extraAttempts: extraAttempts(tally),
    waits: tally.waits.figures(requests.requests, (request) => tally.requests.intendedAtMs(request) >= run.warmUpMs),
    offeredPerS: perS(requests.requests),
    answeredPerS: perS(requests.answered),
    goodputPerS: perS(good),
    attainment: judged === 0 ? null : round(good / judged),
    probeErrorMs: probed.all,
    probeErrorMsByPath: probed.byPath,
    neverUp: [...links.neverUp()],
    regret: {},
    regretE2e: {},
    regretMissed: {},
    saturation: saturationOf(tally.requests.records(), {
      fromMs: run.warmUpMs,
      untilMs: run.warmUpMs + measuredMs,
    }),
    energy: tally.energy.figures({ answers: answersByNode(tally.attempts), providers: run.providers }),
    generator: generatorFigures(generators),
  };
  return { ...figures, invalidBecause: run.host === 'simulate' ? [] : timingFaults(figures) };
};
