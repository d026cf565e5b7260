import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { Faults } from './faults.ts';

/** The state of a node as its clients see it; its health is SERVING only while it is `serving`. */
export type Condition = 'serving' | 'starting' | 'draining' | 'unwell';

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

  /** Updates the condition; call it when a fault begins or ends. */
  update(): void {
    const condition = this.#read();
    if (condition === this.#current) return;
    this.#current = condition;
    this.#options.onChange(condition);
  }

  #watchPower(dueMs: Ms): void {
    const { clock } = this.#options;
    this.update();
    // From now, because the clock jumped if the run began in the meantime.
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
