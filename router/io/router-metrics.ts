import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock, Ms } from '../../core/time/clock.ts';
import type { Router } from '../router.ts';
import type { DataPath, DataPathCounters, EndpointCounters } from './data-path.ts';

/** The Prometheus metrics of a router: the counts of its data path, and which endpoints it can reach. Read on request. */
export class RouterMetrics {
  readonly #registry = new Registry();
  readonly #families: readonly MetricFamilies[];
  readonly #policy: () => string;

  constructor(options: {
    readonly dataPath: Pick<DataPath, 'counters' | 'endpointCounters'>;
    /** The endpoints in their order, and whether each is connected. */
    readonly endpoints: () => readonly { readonly name: string; readonly isConnected: boolean }[];
    /** The policy of now. */
    readonly policy: () => string;
    /** What it has learnt is told by endpoint. */
    readonly router: Pick<Router, 'endpoints' | 'health'>;
    readonly clock: Clock;
    /** What else is told, as it writes itself. */
    readonly families?: readonly MetricFamilies[];
  }) {
    const { dataPath, endpoints, policy } = options;
    this.#policy = policy;
    this.#families = options.families ?? [];
    collectDefaultMetrics({ register: this.#registry });
    this.#registerLearnt(options.router, options.clock);
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
  async text(): Promise<string> {
    this.#registry.setDefaultLabels({ policy: this.#policy() });
    return `${await this.#registry.metrics()}${this.#families.map((family) => family.text()).join('')}`;
  }

  /** What the router believes of each endpoint now. What it does not know is NaN. */
  #registerLearnt({ endpoints, health }: Pick<Router, 'endpoints' | 'health'>, clock: Clock): void {
    const { ewma, residual, forecast, names } = endpoints;
    const gauge = (name: string, help: string, value: (endpoint: number, nowMs: Ms) => number): void => {
      const learnt: Gauge = new Gauge({
        name: `starlane_router_endpoint_${name}`,
        help,
        labelNames: ['endpoint'],
        registers: [this.#registry],
        collect: () => {
          const nowMs = clock.now();
          for (const [endpoint, label] of names.entries()) learnt.set({ endpoint: label }, value(endpoint, nowMs));
        },
      });
    };
    const left: Counter = new Counter({
      name: 'starlane_router_endpoint_left_total',
      help: 'How often health checks had the endpoint left.',
      labelNames: ['endpoint'],
      registers: [this.#registry],
      collect: () => {
        left.reset();
        for (const [endpoint, label] of names.entries()) left.inc({ endpoint: label }, health?.left[endpoint] ?? 0);
      },
    });
    gauge('healthy', '1 while health checks find nothing wrong.', (endpoint) =>
      health?.admits(endpoint) === false ? 0 : 1,
    );
    gauge('ewma_seconds', 'Time to the first message, averaged.', (endpoint, nowMs) => ewma.at(endpoint, nowMs) / 1000);
    gauge(
      'residual_seconds',
      'What predictions are expected to miss.',
      (endpoint, nowMs) => residual.at(endpoint, nowMs, endpoints.handoverSinceSample(endpoint)) / 1000,
    );
    gauge(
      'forecast_rtt_seconds',
      'Round trip as the router forecasts it.',
      (endpoint, nowMs) => forecast.rttMsAt(endpoint, nowMs, nowMs) / 1000,
    );
  }
}

/** Metrics that write themselves, in the text format of Prometheus. */
export interface MetricFamilies {
  text(): string;
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
