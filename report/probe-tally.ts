import type { Event } from '../core/event/event.ts';
import type { RngSource } from '../core/random/rng.ts';
import { GrowingSamples } from '../core/stats/growing-samples.ts';
import type { Ms } from '../core/time/clock.ts';
import { type JitterKind, plannedRoundTrip } from '../netem/shaping/probe/planned-round-trip.ts';
import { distribution, round } from './distribution.ts';
import type { LinkPlan } from './link-plan.ts';
import { NumberColumn } from './number-column.ts';
import { isPlannedLoss, type ProbeLosses, type ProbesLostEvent } from './probe-losses.ts';
import type { ProbeErrors } from './summary-schema.ts';

type ProbeEvent = Extract<Event, { kind: 'probe' }>;

interface Sample {
  readonly errorMs: number;
  readonly jitterMs: number;
}

export interface Silence {
  readonly path: string;
  readonly fromMs: Ms;
  readonly forMs: Ms;
}

/** Ten probes a second are usual. */
const SILENT_MS: Ms = 5000;

/** Round trips of probes, realised minus planned, in 16 bytes a probe. */
export class ProbeTally {
  readonly #lost: ProbesLostEvent[] = [];
  readonly #paths = new Map<string, { readonly atMs: NumberColumn; readonly rttMs: NumberColumn }>();

  add({ path, atMs, rttMs }: ProbeEvent): void {
    const probes = this.#of(path);
    probes.atMs.push(atMs);
    probes.rttMs.push(rttMs);
  }

  /** Probes without an answer, one event for each time that the prober gave some up. */
  addLost(event: ProbesLostEvent): void {
    this.#lost.push(event);
  }

  merge(other: ProbeTally): void {
    this.#lost.push(...other.#lost);
    for (const [path, { atMs, rttMs }] of other.#paths) {
      for (let row = 0; row < atMs.length; row++)
        this.add({ kind: 'probe', path, atMs: atMs.at(row), rttMs: rttMs.at(row) });
    }
  }

  /** Of all probes sent from `fromMs` on for which the plan has a single number, together and by path. */
  figures(options: {
    readonly plan: LinkPlan;
    readonly jitter: JitterKind;
    readonly rng: RngSource;
    readonly fromMs: Ms;
  }): {
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

  /** The probes of each path that lost some, of those sent from `fromMs` on, in the order of names. */
  losses(plan: LinkPlan, fromMs: Ms): readonly ProbeLosses[] {
    const lost = new Map<string, number>();
    for (const event of this.#lost) {
      if (event.atMs < fromMs) continue;
      lost.set(event.path, (lost.get(event.path) ?? 0) + (isPlannedLoss(event, plan) ? 0 : event.lost));
    }
    return [...lost.keys()].sort().map((path) => {
      const unanswered = lost.get(path)!;
      return { path, lost: unanswered, sent: unanswered + this.#answeredFrom(path, fromMs) };
    });
  }

  /**
   * Paths on which no probe came back for so long that probing must have stopped, until `untilMs`: more than `SILENT_MS` in
   * which the path was up. After an outage as much time again is not counted: a connection may need it to reconnect.
   */
  silences(plan: LinkPlan, untilMs: Ms): readonly Silence[] {
    return plan.paths().flatMap((path) => {
      const instants = new GrowingSamples();
      const { atMs } = this.#of(path);
      for (let row = 0; row < atMs.length; row++) instants.add(atMs.at(row));
      instants.add(untilMs);
      let fromMs = 0;
      for (const instantMs of instants.ascending()) {
        const forMs = Math.min(instantMs, untilMs) - fromMs;
        if (forMs > SILENT_MS) {
          const upMs = plan.upMs(path, fromMs, fromMs + forMs);
          if (upMs - (forMs - upMs) > SILENT_MS) return [{ path, fromMs, forMs }];
        }
        fromMs = instantMs;
      }
      return [];
    });
  }

  #samples(path: string, { plan, jitter, rng, fromMs }: Parameters<ProbeTally['figures']>[0]): readonly Sample[] {
    const [forward, back] = [plan.model(`${path}/forward`), plan.model(`${path}/back`)];
    if (forward === null || back === null) return [];
    const { atMs, rttMs } = this.#of(path);
    const samples: Sample[] = [];
    for (let row = 0; row < atMs.length; row++) {
      const sentAtMs = atMs.at(row);
      if (sentAtMs < fromMs) continue;
      const planned = plannedRoundTrip({ name: path, forward, back, jitter, rng, sentAtMs });
      if (planned !== null) samples.push({ errorMs: rttMs.at(row) - planned.plannedMs, jitterMs: planned.jitterMs });
    }
    return samples;
  }

  #answeredFrom(path: string, fromMs: Ms): number {
    const { atMs } = this.#of(path);
    let answered = 0;
    for (let row = 0; row < atMs.length; row++) if (atMs.at(row) >= fromMs) answered++;
    return answered;
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
