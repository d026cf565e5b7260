import type { Ms } from '../../core/time/clock.ts';
import type { KernelRow } from './kernel-table.ts';
import {
  type ReplayPlan,
  replayBrokenMessages,
  replayIdling,
  replayLoneMessages,
  replayLoss,
  replayTokens,
} from './replay.ts';

/** The times of each phase of the plans that were replayed, in milliseconds. */
export class Replays {
  readonly #tickMs: Ms;
  readonly #times: number;
  readonly #played = new Map<string, ReadonlyMap<string, readonly Ms[]>>();

  constructor(options: { readonly tickMs: Ms; readonly times: number }) {
    this.#tickMs = options.tickMs;
    this.#times = options.times;
  }

  /** The times of a case; null for a case whose plan is not known: see README.md. */
  of({ name, bytes }: KernelRow): readonly Ms[] | null {
    const [set, rtt, first = '', second = ''] = name.split('/');
    const base = { rttMs: Number(rtt), bytes, tickMs: this.#tickMs, times: this.#times, lossRate: 0, outageMs: 0 };
    if (set === 'A') return this.#play(replayIdling, { ...base, set }, first);
    if (set === 'B') return this.#play(replayLoss, { ...base, set, lossRate: Number(first) }, first);
    if (set === 'C') {
      const plan: ReplayPlan = { ...base, set, outageMs: Number(first) };
      if (second === 'tok') return this.#play(replayTokens, plan, second);
      if (second.startsWith('mid')) return this.#play(replayBrokenMessages, plan, second);
      return bytes > MOST_LONE_BYTES ? null : this.#play(replayLoneMessages, plan, second);
    }
    if (set === 'D' && first !== 'ge')
      return this.#play(replayTokens, { ...base, set, lossRate: Number(first) }, 'tok');
    return null;
  }

  #play(
    replay: (plan: ReplayPlan, count: (phase: string, tookMs: Ms) => void) => void,
    plan: ReplayPlan,
    phase: string,
  ): readonly Ms[] {
    const key = `${replay.name} ${JSON.stringify(plan)}`;
    let phases = this.#played.get(key);
    if (phases === undefined) {
      const times = new Map<string, Ms[]>();
      replay(plan, (name, tookMs) => {
        const known = times.get(name);
        if (known === undefined) times.set(name, [tookMs]);
        else known.push(tookMs);
      });
      phases = times;
      this.#played.set(key, phases);
    }
    return phases.get(phase) ?? [];
  }
}

/** How large messages were spaced around an outage is not recorded. */
const MOST_LONE_BYTES = 8000;
