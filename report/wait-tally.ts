import type { Event } from '../core/event/event.ts';
import { GrowingSamples } from '../core/stats/growing-samples.ts';
import type { Ms } from '../core/time/clock.ts';
import { distribution, round } from './distribution.ts';
import { NumberColumn } from './number-column.ts';
import type { WaitFigures } from './summary-schema.ts';

type WaitEvent = Extract<Event, { kind: 'waited' }>;

/** How long requests waited at routers for a place, in 20 bytes for each that did. */
export class WaitTally {
  readonly #request = new NumberColumn(0);
  readonly #waitedMs = new NumberColumn(0);
  readonly #end = new NumberColumn(0, Float32Array);

  add({ request, waitedMs, end }: Pick<WaitEvent, 'request' | 'waitedMs' | 'end'>): void {
    this.#request.push(request);
    this.#waitedMs.push(waitedMs);
    this.#end.push(ENDS.indexOf(end));
  }

  merge(other: WaitTally): void {
    for (let row = 0; row < other.#request.length; row++) {
      this.#request.push(other.#request.at(row));
      this.#waitedMs.push(other.#waitedMs.at(row));
      this.#end.push(other.#end.at(row));
    }
  }

  /** Of the requests that are measured: all of them, and those that each is asked of. Null where none of them waited. */
  figures(requests: number, isMeasured: (request: number) => boolean): WaitFigures | null {
    const waits = new GrowingSamples();
    const counts = [0, 0, 0, 0];
    let inVain = 0;
    for (let row = 0; row < this.#request.length; row++) {
      if (!isMeasured(this.#request.at(row))) continue;
      const end = this.#end.at(row);
      const waitedMs: Ms = this.#waitedMs.at(row);
      counts[end] = counts[end]! + 1;
      if (ENDS[end] === 'placed') waits.add(waitedMs);
      else if (waitedMs > 0) inVain++;
    }
    const [waited, shed, timedOut, gone] = counts as [number, number, number, number];
    if (waited + shed + timedOut + gone === 0) return null;
    return {
      waited,
      share: round(Math.min(1, waited / Math.max(1, requests))),
      waitMs: distribution(waits, inVain),
      shed,
      timedOut,
      gone,
    };
  }
}

const ENDS: readonly WaitEvent['end'][] = ['placed', 'full', 'timeout', 'gone'];
