import { expect } from 'vitest';
import type { Ms } from '../../../core/time/clock.ts';
import type { Attempt } from '../../../router/attempt/attempt.ts';
import type { RetryBudget } from '../../../router/attempt/retry-budget.ts';
import type { Status, Wire } from '../../../router/attempt/wire.ts';

/** A wire that carries nothing, and fails where it is called against its contract. */
export class StrictWire implements Wire {
  canReplay = true;
  readonly #budget: { readonly of: RetryBudget; readonly tokens: number } | null;
  readonly opened: Attempt[] = [];
  readonly live = new Set<Attempt>();
  readonly unconnected = new Set<number>();
  committed: Attempt | null = null;
  status: Status | null = null;
  isGone = false;
  wakesAtMs: Ms = Number.POSITIVE_INFINITY;

  /** It also fails where an attempt begins that the budget does not allow, if it is given. */
  constructor(budget: { readonly of: RetryBudget; readonly tokens: number } | null = null) {
    this.#budget = budget;
  }

  get isOver(): boolean {
    return this.status !== null || this.isGone;
  }

  open(attempt: Attempt): boolean {
    expect([this.isOver, this.committed]).toEqual([false, null]);
    expect(this.canReplay || this.opened.length === 0).toBe(true);
    // A hedge and an attempt after a time-out have taken their token by now; what was moved or never seen takes none.
    const spent = attempt.cause === 'hedge' || attempt.cause === 'time-out' ? 1 : 0;
    const { of, tokens = 0 } = this.#budget ?? {};
    if (tokens > 0 && (spent === 1 || attempt.cause === 'retry')) {
      expect(of!.tokens + spent).toBeGreaterThan(tokens / 2);
    }
    expect(this.live.size).toBeLessThanOrEqual(1);
    this.opened.push(attempt);
    if (this.unconnected.has(attempt.endpoint)) return false;
    this.live.add(attempt);
    return true;
  }

  cancel(attempt: Attempt): void {
    expect(this.live.delete(attempt)).toBe(true);
  }

  commit(attempt: Attempt): void {
    expect([this.isOver, this.committed]).toEqual([false, null]);
    expect([...this.live]).toEqual([attempt]);
    this.committed = attempt;
  }

  wakeAt(atMs: Ms): void {
    expect(this.isOver).toBe(false);
    this.wakesAtMs = atMs;
  }

  finish(status: Status): void {
    expect(this.isOver).toBe(false);
    expect(this.live.size).toBe(0);
    this.status = status;
  }
}
