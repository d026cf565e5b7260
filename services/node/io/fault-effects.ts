import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { FaultChange } from '../control/faults.ts';
import type { Engine } from '../engine/engine.ts';
import type { FaultyCalls } from './faulty-calls.ts';
import type { Listener } from './listener.ts';
import type { OpenAnswers } from './open-answers.ts';

export interface FaultTargets {
  readonly clock: Clock;
  readonly engine: Pick<Engine, 'pace' | 'capPowerW'>;
  readonly listener: Listener;
  readonly answers: OpenAnswers;
  readonly calls: FaultyCalls;
  /** Ends the process as a crash would. */
  readonly crash: () => void;
}

/** Applies to a node what its faults say, and undoes it. `fail` needs no action: new calls ask for it. */
export class FaultEffects {
  readonly #targets: FaultTargets;
  #stopBlackhole: Cancel | null = null;
  #stopCrash: Cancel | null = null;

  constructor(targets: FaultTargets) {
    this.#targets = targets;
  }

  apply({ fault, state, atMs }: FaultChange): void {
    const { clock, engine, listener, answers, calls, crash } = this.#targets;
    const began = state === 'began';
    switch (fault.kind) {
      case 'slow':
        engine.pace(began ? fault.factor : 1);
        break;
      case 'power-cap':
        engine.capPowerW?.(began ? fault.watts : null);
        break;
      case 'hang':
        if (!began) calls.resume();
        break;
      case 'goaway':
        if (began) listener.goAway();
        break;
      case 'rst':
        if (began) answers.reset(fault.errorCode);
        else answers.stopReset();
        break;
      case 'blackhole':
        this.#stopBlackhole?.();
        if (began) this.#stopBlackhole = clock.at(atMs + ANSWER_MS, () => listener.hold());
        else listener.release();
        break;
      case 'crash':
        this.#stopCrash?.();
        if (began) this.#stopCrash = clock.at(atMs + ANSWER_MS + fault.delayMs, crash);
        break;
    }
  }
}

/** The time that the answer to the call that starts a fault has to leave, before the fault would block it. */
const ANSWER_MS: Ms = 50;
