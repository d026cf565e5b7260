import type { Event } from '../core/event/event.ts';
import { type JitterKind, plannedRoundTrip } from '../netem/shaping/probe/planned-round-trip.ts';
import { type Distribution, distribution, round } from './distribution.ts';
import type { LinkPlan } from './link-plan.ts';

type ProbeEvent = Extract<Event, { kind: 'probe' }>;

/** Round trips of probes, realised minus planned, in ms. */
export interface ProbeErrors extends Distribution {
  readonly samples: number;
  /** Mean half-width of the jitter that the plan does not know ahead, both ways together: errors of up to it are as planned. */
  readonly jitterMs: number;
}

interface Sample {
  readonly path: string;
  readonly errorMs: number;
  readonly jitterMs: number;
}

/** Of all probes of a log that the plan has one number for, together and by path. */
export const probeErrors = (
  probes: readonly ProbeEvent[],
  { plan, jitter }: { readonly plan: LinkPlan; readonly jitter: JitterKind },
): { readonly all: ProbeErrors; readonly byPath: Readonly<Record<string, ProbeErrors>> } => {
  const samples = probes.flatMap(({ path, atMs, rttMs }): readonly Sample[] => {
    const [forward, back] = [plan.model(`${path}/forward`), plan.model(`${path}/back`)];
    if (forward === null || back === null) return [];
    const planned = plannedRoundTrip({ name: path, forward, back, jitter, sentAtMs: atMs });
    return planned === null ? [] : [{ path, errorMs: rttMs - planned.plannedMs, jitterMs: planned.jitterMs }];
  });
  const byPath = Map.groupBy(samples, ({ path }) => path);
  return {
    all: errorsOf(samples),
    byPath: Object.fromEntries([...byPath.keys()].sort().map((path) => [path, errorsOf(byPath.get(path)!)])),
  };
};

const errorsOf = (samples: readonly Sample[]): ProbeErrors => ({
  samples: samples.length,
  ...distribution(samples.map(({ errorMs }) => errorMs)),
  jitterMs: round(samples.reduce((sum, { jitterMs }) => sum + jitterMs, 0) / Math.max(1, samples.length)),
});
