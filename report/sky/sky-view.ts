import type { Ms } from '../../core/time/clock.ts';
import type { SkyWatch } from '../links/sky-watch.ts';
import { legsOf, oneWayMsOf } from './legs.ts';
import { nextHandOver, nextSlot, type RouteChange } from './next-change.ts';
import { type SkyScene, sceneAt } from './sky-scene.ts';
import type { GroundStop, StopsAt } from './stop.ts';

/** What is looked at: a sky, a path through it, and places on the ground. */
export interface SkyView {
  readonly title: string;
  readonly subtitle: string;
  /** What to know of its satellites. */
  readonly remarks: readonly string[];
  readonly watch: SkyWatch;
  /** Null where no path is asked for. */
  readonly stopsAt: StopsAt | null;
  readonly places: readonly GroundStop[];
  /** How many times as long as the great circle fibre is. */
  readonly stretch: number;
}

/** A change of the route with its one-way time; null where there is no way then. */
export interface TimedChange extends RouteChange {
  readonly oneWayMs: Ms | null;
}

/** The sky now, and what comes next. Each change is null when there is no path, or none within twenty slots. */
export interface SkyMoment {
  readonly scene: SkyScene;
  readonly slot: TimedChange | null;
  readonly handOver: TimedChange | null;
}

/** Looks at a view, again and again. The next changes are computed only when the last ones are over. */
export class SkyLooker {
  readonly #view: SkyView;
  #next: {
    readonly fromMs: Ms;
    readonly untilMs: Ms;
    readonly slot: TimedChange;
    readonly handOver: TimedChange | null;
  } | null = null;

  constructor(view: SkyView) {
    this.#view = view;
  }

  at(atMs: Ms): SkyMoment {
    const { watch, stopsAt } = this.#view;
    const scene = sceneAt(watch, atMs, this.#view);
    if (stopsAt === null) return { scene, slot: null, handOver: null };
    if (this.#next === null || atMs < this.#next.fromMs || atMs >= this.#next.untilMs) {
      const slot = this.#timed(nextSlot(watch, stopsAt, atMs));
      const change = nextHandOver(watch, stopsAt, atMs);
      const handOver = change === null ? null : this.#timed(change);
      this.#next = { fromMs: atMs, untilMs: Math.min(slot.atMs, handOver?.atMs ?? slot.atMs), slot, handOver };
    }
    return { scene, slot: this.#next.slot, handOver: this.#next.handOver };
  }

  #timed(change: RouteChange): TimedChange {
    const { watch, stretch } = this.#view;
    return { ...change, oneWayMs: oneWayMsOf(legsOf(change.stops, watch.at(change.atMs), stretch)) };
  }
}
