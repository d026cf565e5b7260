import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { Faults } from './faults.ts';

/** The state of a node as its clients see it; its health is SERVING only while it is `serving`. */
export type Condition = 'serving' | 'starting' | 'draining' | 'unwell';

/** Why a node does not serve: an operator's order, its scenario, no power, or a fault that was injected. Null while it serves. */
export type ConditionCause = 'order' | 'scenario' | 'power' | 'fault' | null;

export interface ConditionOptions {
  readonly clock: Clock;
  /** Until when it loads its weights. */
  readonly startedAtMs: Ms;
  /** From when it takes no new requests, or null. */
  readonly drainsAtMs: Ms | null;
  readonly faults: Pick<Faults, 'active'>;
  /** Whether it has power; asked once a second. A node without power is unhealthy. */
  readonly hasPower?: (nowMs: Ms) => boolean;
  readonly onChange: (condition: Condition) => void;
}

/**
 * Follows the condition of a node. A fault that stops all answers makes it unhealthy. A slow or failing node
 * still reports SERVING, as real ones do: outlier detection exists to find those.
 */
export class NodeCondition {
  readonly #options: ConditionOptions;
  #isDraining = false;
  #current: Condition;
  #cause: ConditionCause;

  constructor(options: ConditionOptions) {
    this.#options = options;
    [this.#current, this.#cause] = this.#read();
    const { clock, startedAtMs, drainsAtMs } = options;
    clock.at(startedAtMs, () => this.update());
    if (drainsAtMs !== null) clock.at(drainsAtMs, () => this.update());
    if (options.hasPower !== undefined) clock.at(clock.now() + WATCH_MS, (dueMs) => this.#watchPower(dueMs));
  }

  get current(): Condition {
    return this.#current;
  }

  get cause(): ConditionCause {
    return this.#cause;
  }

  drain(): void {
    this.#isDraining = true;
    this.update();
  }

  /** Updates the condition; call it when a fault begins or ends. */
  update(): void {
    const [condition, cause] = this.#read();
    const isSame = condition === this.#current && cause === this.#cause;
    [this.#current, this.#cause] = [condition, cause];
    if (!isSame) this.#options.onChange(condition);
  }

  #watchPower(dueMs: Ms): void {
    const { clock } = this.#options;
    this.update();
    // From now, because the clock jumped if the run began in the meantime.
    clock.at(Math.max(dueMs, clock.now()) + WATCH_MS, (nextMs) => this.#watchPower(nextMs));
  }

  #read(): readonly [Condition, ConditionCause] {
    const { clock, startedAtMs, drainsAtMs, faults, hasPower } = this.#options;
    const nowMs = clock.now();
    if (this.#isDraining) return ['draining', 'order'];
    if (drainsAtMs !== null && nowMs >= drainsAtMs) return ['draining', 'scenario'];
    // Before a run the clock is below 0. A node without a start-up serves then, or routers would leave it for the first checks of the run.
    if (startedAtMs > 0 && nowMs < startedAtMs) return ['starting', 'scenario'];
    if (hasPower?.(nowMs) === false) return ['unwell', 'power'];
    return UNWELL.some((kind) => faults.active(kind) !== null) ? ['unwell', 'fault'] : ['serving', null];
  }
}

const WATCH_MS = 1000;

const UNWELL = ['hang', 'blackhole', 'crash'] as const;
