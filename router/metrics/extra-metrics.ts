import type { ExtraCause } from '../attempt/attempt-cause.ts';
import type { Observation, Observer } from '../observation.ts';
import { CounterFamily } from './counter-family.ts';
import { labelsOf } from './labels.ts';

/** Attempts beyond the first of a request, by why they began, and those of them whose first message was the first of all. */
export class ExtraMetrics implements Observer {
  readonly #began = new CounterFamily(BEGAN, LABELS);
  readonly #first = new CounterFamily(FIRST, LABELS);

  observe(what: Observation): void {
    if (what.kind !== 'began' && what.kind !== 'first') return;
    const { cause } = what.attempt;
    if (cause !== 'first') (what.kind === 'began' ? this.#began : this.#first).add(CAUSES.indexOf(cause));
  }

  under(common: string): void {
    this.#began.under(common);
    this.#first.under(common);
  }

  /** In the text format of Prometheus. */
  text(): string {
    return `${this.#began.text()}${this.#first.text()}`;
  }
}

const CAUSES: readonly ExtraCause[] = ['retry', 'transparent', 'hedge', 'time-out', 'moved'];

const LABELS = CAUSES.map((cause) => labelsOf({ cause }));

const BEGAN = {
  name: 'starlane_router_extra_attempts_total',
  help: 'Attempts beyond the first of a request, by why they began.',
};
const FIRST = {
  name: 'starlane_router_extra_attempts_won_total',
  help: 'Of those, the ones whose first message came before that of any other attempt of the request.',
};
