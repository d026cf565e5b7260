import { CounterFamily } from './counter-family.ts';
import { labelsOf } from './labels.ts';

/** How often a router was to load its configuration again, and what became of it, for Prometheus. */
export class ReloadMetrics {
  readonly #unixMs: () => number;
  readonly #reloads = new CounterFamily(
    {
      name: 'starlane_router_config_reloads_total',
      help: 'Times that it was to load its configuration again: loaded, or refused because something in it cannot be.',
    },
    RESULTS.map((result) => labelsOf({ result })),
  );
  #loadedUnixMs: number;

  /** `unixMs` is the wall clock; the configuration was loaded first when this was made. */
  constructor(unixMs: () => number) {
    this.#unixMs = unixMs;
    this.#loadedUnixMs = unixMs();
  }

  count(result: (typeof RESULTS)[number]): void {
    this.#reloads.add(RESULTS.indexOf(result));
    if (result === 'loaded') this.#loadedUnixMs = this.#unixMs();
  }

  /** In the text format of Prometheus. */
  text(): string {
    const name = 'starlane_router_config_loaded_timestamp_seconds';
    const help = 'When the configuration that runs was loaded.';
    return `${this.#reloads.text()}# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${this.#loadedUnixMs / 1000}\n`;
  }
}

const RESULTS = ['loaded', 'refused'] as const;
