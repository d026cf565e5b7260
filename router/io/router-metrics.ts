import { Counter, Gauge, Registry } from 'prom-client';
import type { DataPath, DataPathCounters, EndpointCounters } from './data-path.ts';

/** What a router tells Prometheus: what its data path counted, and which endpoints it can reach. Read when somebody asks. */
export class RouterMetrics {
  readonly #registry = new Registry();
  readonly #policy: () => string;

  constructor(options: {
    readonly dataPath: Pick<DataPath, 'counters' | 'endpointCounters'>;
    /** The endpoints in their order, and whether each is connected. */
    readonly endpoints: () => readonly { readonly name: string; readonly isConnected: boolean }[];
    /** The policy of now. */
    readonly policy: () => string;
  }) {
    const { dataPath, endpoints, policy } = options;
    this.#policy = policy;
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
    for (const [key, { name, help }] of Object.entries(COUNTED_BY_ENDPOINT) as [keyof EndpointCounters, Counted][]) {
      const counter = new Counter({
        name: `starlane_router_endpoint_${name}_total`,
        help,
        labelNames: ['endpoint'],
        registers: [this.#registry],
        collect: () => {
          counter.reset();
          const counters = dataPath.endpointCounters();
          for (const [index, endpoint] of endpoints().entries()) {
            counter.inc({ endpoint: endpoint.name }, counters[index]![key]);
          }
        },
      });
    }
    const activeAttempts = new Gauge({
      name: 'starlane_router_endpoint_active_attempts',
      help: 'Attempts at the endpoint that have not ended.',
      labelNames: ['endpoint'],
      registers: [this.#registry],
      collect: () => {
        const counters = dataPath.endpointCounters();
        for (const [index, { name }] of endpoints().entries()) {
          activeAttempts.set({ endpoint: name }, counters[index]!.active);
        }
      },
    });
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
    this.#registry.setDefaultLabels({ policy: this.#policy() });
    return this.#registry.metrics();
  }
}

const COUNTED = {
  requests: 'Requests that came in.',
  answered: 'Requests that were answered.',
  failed: 'Requests that failed.',
  cancelled: 'Requests that the client or its deadline ended.',
  rejected: 'Requests refused: not offered, not readable, or for want of an endpoint or of room.',
  retried: 'Attempts after the first.',
} satisfies Partial<Record<keyof DataPathCounters, string>>;

interface Counted {
  readonly name: string;
  readonly help: string;
}

const COUNTED_BY_ENDPOINT = {
  requests: { name: 'attempts', help: 'Attempts that began at the endpoint.' },
  answered: { name: 'answered', help: 'Attempts that the endpoint answered.' },
  failed: { name: 'failed', help: 'Attempts that failed.' },
  cancelled: { name: 'cancelled', help: 'Attempts that the client, its deadline or the router ended.' },
  rejected: { name: 'rejected', help: 'Attempts that the node refused with RESOURCE_EXHAUSTED.' },
  retried: { name: 'retries', help: 'Attempts of requests that were tried before.' },
  requestBytes: { name: 'request_bytes', help: 'Bytes of bodies sent to the endpoint.' },
  answerBytes: { name: 'answer_bytes', help: 'Bytes of answers of the endpoint that were passed on.' },
} satisfies Partial<Record<keyof EndpointCounters, Counted>>;
