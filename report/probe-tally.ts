import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { type JitterKind, plannedRoundTrip } from '../netem/shaping/probe/planned-round-trip.ts';
import { distribution, round } from './distribution.ts';
import type { LinkPlan } from './link-plan.ts';
import { NumberColumn } from './number-column.ts';
import type { ProbeErrors } from './summary-schema.ts';

type ProbeEvent = Extract<Event, { kind: 'probe' }>;

interface Sample {
  readonly errorMs: number;
  readonly jitterMs: number;
}

/** Round trips of probes, realised minus planned, in 16 bytes a probe. */
export class ProbeTally {
  readonly #paths = new Map<string, { readonly atMs: NumberColumn; readonly rttMs: NumberColumn }>();

  add({ path, atMs, rttMs }: ProbeEvent): void {
    const probes = this.#of(path);
    probes.atMs.push(atMs);
    probes.rttMs.push(rttMs);
  }

  merge(other: ProbeTally): void {
    for (const [path, { atMs, rttMs }] of other.#paths) {
      for (let row = 0; row < atMs.length; row++)
        this.add({ kind: 'probe', path, atMs: atMs.at(row), rttMs: rttMs.at(row) });
    }
  }

  /** Of all probes sent from `fromMs` on that the plan has one number for, together and by path. */
  figures(options: { readonly plan: LinkPlan; readonly jitter: JitterKind; readonly fromMs: Ms }): {
    readonly all: ProbeErrors;
    readonly byPath: Readonly<Record<string, ProbeErrors>>;
  } {
    const names = [...this.#paths.keys()].sort();
    const byPath = names
      .map((path) => ({ path, samples: this.#samples(path, options) }))
      .filter(({ samples }) => samples.length > 0);
    return {
      all: errorsOf(byPath.flatMap(({ samples }) => samples)),
      byPath: Object.fromEntries(byPath.map(({ path, samples }) => [path, errorsOf(samples)])),
    };
  }

  #samples(path: string, { plan, jitter, fromMs }: Parameters<ProbeTally['figures']>[0]): readonly Sample[] {
    const [forward, back] = [plan.model(`${path}/forward`), plan.model(`${path}/back`)];
    if (forward === null || back === null) return [];
    const { atMs, rttMs } = this.#of(path);
    const samples: Sample[] = [];
    for (let row = 0; row < atMs.length; row++) {
      const sentAtMs = atMs.at(row);
      if (sentAtMs < fromMs) continue;
      const planned = plannedRoundTrip({ name: path, forward, back, jitter, sentAtMs });
      if (planned !== null) samples.push({ errorMs: rttMs.at(row) - planned.plannedMs, jitterMs: planned.jitterMs });
    }
    return samples;
  }

  #of(path: string): { readonly atMs: NumberColumn; readonly rttMs: NumberColumn } {
    const known = this.#paths.get(path);
    if (known !== undefined) return known;
    const columns = { atMs: new NumberColumn(0), rttMs: new NumberColumn(0) };
    this.#paths.set(path, columns);
    return columns;
  }
}

const errorsOf = (samples: readonly Sample[]): ProbeErrors => ({
  ...distribution(samples.map(({ errorMs }) => errorMs)),
  jitterMs: round(samples.reduce((sum, { jitterMs }) => sum + jitterMs, 0) / Math.max(1, samples.length)),
});
