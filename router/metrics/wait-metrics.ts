import type { Observation, Observer } from '../observation.ts';
import type { WaitEnd } from '../queue/wait-end.ts';
import { LATENCY_S } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { labelsOf } from './labels.ts';

/** How long requests waited for a place, by how that ended, and which were shed, by priority. */
export class WaitMetrics implements Observer {
  readonly #waits = new HistogramFamily(
    WAIT,
    WAITED.map((end) => labelsOf({ end })),
  );
  readonly #shed = new CounterFamily(
    SHED,
    PRIORITIES.flatMap((priority) => REASONS.map((reason) => labelsOf({ priority, reason }))),
  );

  observe(what: Observation): void {
    if (what.kind !== 'waited') return;
    const { end, waitedMs, request } = what;
    if (WAITED.includes(end)) this.#waits.record(WAITED.indexOf(end), waitedMs / 1000);
    const reason = REASONS.indexOf(end);
    if (reason >= 0) this.#shed.add(priorityPlace(request.priority) * REASONS.length + reason);
  }

  under(common: string): void {
    this.#waits.under(common);
    this.#shed.under(common);
  }

  /** In the text format of Prometheus. */
  text(): string {
    return `${this.#waits.text()}${this.#shed.text()}`;
  }
}

/** Those that were in the queue; one that is shed may have been. */
const WAITED: readonly WaitEnd[] = ['placed', 'timeout', 'gone'];

const REASONS: readonly WaitEnd[] = ['full', 'timeout'];

/** A client may send any number: so many have a series of their own. */
const HIGHEST = 9;

const PRIORITIES = ['below 0', ...Array.from({ length: HIGHEST + 1 }, (_, priority) => `${priority}`), 'above 9'];

const priorityPlace = (priority: number): number => Math.max(-1, Math.min(HIGHEST + 1, priority)) + 1;

const WAIT = {
  name: 'starlane_router_queue_wait_seconds',
  help: 'How long requests waited for an endpoint with room, by how that ended.',
  buckets: LATENCY_S,
};
const SHED = {
  name: 'starlane_router_shed_total',
  help: 'Requests that got no place: the queue was full, or needed for others, or they waited for too long.',
};
