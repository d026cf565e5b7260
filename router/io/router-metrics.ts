import { Counter, Gauge, Registry } from 'prom-client';
import type { DataPath, DataPathCounters } from './data-path.ts';

/** What a router tells Prometheus: what its data path counted, and which endpoints it can reach. Read when somebody asks. */
export class RouterMetrics {
  readonly #registry = new Registry();

  constructor(options: {
    readonly dataPath: Pick<DataPath, 'counters'>;
    /** The endpoints in their order, and whether each is connected. */
    readonly endpoints: () => readonly { readonly name: string; readonly isConnected: boolean }[];
    readonly policy: string;
  }) {
    const { dataPath, endpoints, policy } = options;
    this.#registry.setDefaultLabels({ policy });
    for (const [key, help] of Object.entries(COUNTED) as [keyof typeof COUNTED, string][]) {
      const counter = new Counter({
        name: `starlane_router_${key}_total`,
        help,
        registers: [this.#registry],
        collect: () => {
          counter.reset();
          counter.inc(dataPath.counters()[key]);
        },
      });
    }
    const active: Gauge = new Gauge({
      name: 'starlane_router_active_requests',
      help: 'Requests that have not ended.',
      registers: [this.#registry],
      collect: () => {
        active.set(dataPath.counters().active);
      },
    });
    const connected = new Gauge({
      name: 'starlane_router_endpoint_connected',
      help: '1 while the endpoint is connected.',
      labelNames: ['endpoint'],
      registers: [this.#registry],
      collect: () => {
        for (const { name, isConnected } of endpoints()) connected.set({ endpoint: name }, isConnected ? 1 : 0);
      },
    });
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

const COUNTED = {
  requests: 'Requests that came in.',
  answered: 'Requests that were answered.',
  failed: 'Requests that failed.',
  cancelled: 'Requests that the client or its deadline ended.',
  rejected: 'Requests refused for want of an endpoint or of room.',
  retried: 'Attempts after the first.',
} satisfies Partial<Record<keyof DataPathCounters, string>>;
