import type { EventSink } from '../core/event/event.ts';
import type { Clock, Ms } from '../core/time/clock.ts';
import { eachCycle } from '../core/time/each-cycle.ts';
import type { PlannedPathFault } from '../scenario/faults-plan.ts';

/** Logs the planned faults of paths where the links themselves play them: once for each path, by the agent where it arrives. */
export class ToldPathFaults {
  readonly #faults: ReadonlyMap<string, readonly PlannedPathFault[]>;
  readonly #emit: EventSink;
  readonly #underWay = new Set<Began>();

  constructor(faults: ReadonlyMap<string, readonly PlannedPathFault[]>, emit: EventSink) {
    this.#faults = faults;
    this.#emit = emit;
  }

  /** `cycleMs`: after how long the run repeats itself; null where it does not. */
  begin(clock: Clock, cycleMs: Ms | null): void {
    eachCycle(clock, cycleMs, (baseMs, nowMs) => {
      for (const [path, faults] of this.#faults) {
        for (const { kind, fromMs, toMs } of faults) {
          if (baseMs + toMs <= nowMs) continue;
          const began = { path, fault: kind };
          clock.at(Math.max(baseMs + fromMs, nowMs), (atMs) => {
            this.#underWay.add(began);
            this.#emit({ kind: 'injected', atMs, ...began, state: 'began' });
          });
          clock.at(baseMs + toMs, (atMs) => {
            this.#underWay.delete(began);
            this.#emit({ kind: 'injected', atMs, ...began, state: 'ended' });
          });
        }
      }
    });
  }

  /** Logs what is under way, for a log that begins now. */
  tell(nowMs: Ms): void {
    for (const began of this.#underWay) this.#emit({ kind: 'injected', atMs: nowMs, ...began, state: 'began' });
  }
}

type Began = { readonly path: string; readonly fault: string };
