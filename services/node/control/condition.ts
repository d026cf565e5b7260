import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { Faults } from './faults.ts';

/** What a node is to its clients; its health is SERVING under `serving` alone. */
export type Condition = 'serving' | 'starting' | 'draining' | 'unwell';

export interface ConditionOptions {
  readonly clock: Clock;
  /** Until when it loads its weights. */
  readonly startedAtMs: Ms;
  /** From when it takes no new requests, or null. */
  readonly drainsAtMs: Ms | null;
  readonly faults: Pick<Faults, 'active'>;
  /** Whether it has power; asked once a second. A node without is unwell. */
  readonly hasPower?: (nowMs: Ms) => boolean;
  readonly onChange: (condition: Condition) => void;
}

/**
 * Follows the condition of a node. A fault that keeps it from answering at all makes it unwell; a slow or failing node
 * says that it serves, as real ones do: to find those out is what outlier detection is for.
 */
export class NodeCondition {
  readonly #options: ConditionOptions;
  #isDraining = false;
  #current: Condition;

  constructor(options: ConditionOptions) {
    this.#options = options;
    this.#current = this.#read();
    const { clock, startedAtMs, drainsAtMs } = options;
    clock.at(startedAtMs, () => this.update());
    if (drainsAtMs !== null) clock.at(drainsAtMs, () => this.update());
    if (options.hasPower !== undefined) clock.at(clock.now() + WATCH_MS, (dueMs) => this.#watchPower(dueMs));
  }

  get current(): Condition {
    return this.#current;
  }

  drain(): void {
    this.#isDraining = true;
    this.update();
  }

  /** Looks again; call it when a fault began or ended. */
  update(): void {
    const condition = this.#read();
    if (condition === this.#current) return;
    this.#current = condition;
    this.#options.onChange(condition);
  }

  #watchPower(dueMs: Ms): void {
    const { clock } = this.#options;
    this.update();
    // From now, if the run began meanwhile and the clock leapt.
    clock.at(Math.max(dueMs, clock.now()) + WATCH_MS, (nextMs) => this.#watchPower(nextMs));
  }

  #read(): Condition {
    const { clock, startedAtMs, drainsAtMs, faults, hasPower } = this.#options;
    const nowMs = clock.now();
    if (this.#isDraining || (drainsAtMs !== null && nowMs >= drainsAtMs)) return 'draining';
    if (nowMs < startedAtMs) return 'starting';
    if (hasPower?.(nowMs) === false) return 'unwell';
    return UNWELL.some((kind) => faults.active(kind) !== null) ? 'unwell' : 'serving';
  }
}

const WATCH_MS = 1000;

const UNWELL = ['hang', 'blackhole', 'crash'] as const;
