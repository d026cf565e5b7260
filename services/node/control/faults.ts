import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { Fault, FaultKind } from './fault.ts';

export interface FaultChange {
  readonly fault: Fault;
  readonly state: 'began' | 'ended';
  readonly atMs: Ms;
}

/**
 * The active faults of a node: at most one of a kind. Each ends by itself; a new fault of the same kind
 * ends the old one first. The listener of changes does what a fault says.
 */
export class Faults {
  readonly #clock: Clock;
  readonly #onChange: (change: FaultChange) => void;
  readonly #active = new Map<FaultKind, { readonly fault: Fault; readonly endsAtMs: Ms; readonly stopTimer: Cancel }>();

  constructor(clock: Clock, onChange: (change: FaultChange) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Begins a fault that lasts for `durationMs`. */
  begin(fault: Fault, durationMs: Ms): void {
    const nowMs = this.#clock.now();
    this.#end(fault.kind, nowMs);
    const endsAtMs = nowMs + durationMs;
    const stopTimer = this.#clock.at(endsAtMs, (dueMs) => this.#end(fault.kind, dueMs));
    this.#active.set(fault.kind, { fault, endsAtMs, stopTimer });
    this.#onChange({ fault, state: 'began', atMs: nowMs });
  }

  /** Ends all of them. */
  clear(): void {
    const nowMs = this.#clock.now();
    for (const kind of [...this.#active.keys()]) this.#end(kind, nowMs);
  }

  /** The active fault of a kind. */
  active<K extends FaultKind>(kind: K): Extract<Fault, { kind: K }> | null {
    const active = this.#active.get(kind);
    return active === undefined ? null : (active.fault as Extract<Fault, { kind: K }>);
  }

  list(): readonly { readonly fault: Fault; readonly endsAtMs: Ms }[] {
    return [...this.#active.values()];
  }

  #end(kind: FaultKind, atMs: Ms): void {
    const active = this.#active.get(kind);
    if (active === undefined) return;
    active.stopTimer();
    this.#active.delete(kind);
    this.#onChange({ fault: active.fault, state: 'ended', atMs });
  }
}
