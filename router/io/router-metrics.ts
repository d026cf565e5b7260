import Counter from 'prom-client/lib/counter.js';
import collectDefaultMetrics from 'prom-client/lib/defaultMetrics.js';
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';
import type { Clock, Ms } from '../../core/time/clock.ts';
import type { BreakerState } from '../filter/breaker.ts';
import { ByPolicy } from '../metrics/by-policy.ts';
import { labelsOf } from '../metrics/labels.ts';
import type { Router } from '../router.ts';
import type { DataPath, DataPathCounters, EndpointCounters } from './data-path.ts';

type Endpoints = () => readonly { readonly name: string; readonly isConnected: boolean }[];

export interface RouterMetricsOptions {
  readonly dataPath: Pick<DataPath, 'counters' | 'endpointCounters' | 'clientConnections'>;
  /** The endpoints in their order, and whether each is connected. */
  readonly endpoints: Endpoints;
  /** The policy of now. */
  readonly policy: string;
  /** What it has learnt is told by endpoint. */
  readonly router: Pick<Router, 'endpoints' | 'health' | 'ejection' | 'breaker' | 'room' | 'rules'>;
  readonly clock: Clock;
  /** Whether the process is told of, too: true by default. */
  readonly withProcess?: boolean;
  /** What else is told, as it writes itself. */
  readonly families?: readonly MetricFamilies[];
}

/**
 * The Prometheus metrics of a router: the counts of its data path, and which endpoints it can reach. Read on request. All have the
 * label `policy`, but those of the process: counters and histograms that of the time when something was counted, gauges that of now.
 */
export class RouterMetrics {
  readonly #registry = new Registry();
  readonly #ofProcess = new Registry();
  readonly #options: RouterMetricsOptions;
  readonly #split: ByPolicy;

  constructor(options: RouterMetricsOptions) {
    const { dataPath, endpoints, policy } = options;
    this.#options = options;
    this.#split = new ByPolicy(policy, this.#totals().length);
    this.#label(policy);
    if (options.withProcess ?? true) collectDefaultMetrics({ register: this.#ofProcess });
    this.#registerLearnt(options.router, options.clock);
    this.#registerCounters();
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
    const queued: Gauge = new Gauge({
      name: 'starlane_router_queue_length',
      help: 'Requests that wait for an endpoint with room.',
      registers: [this.#registry],
      collect: () => {
        queued.set(options.router.room.count);
      },
    });
    const budget: Gauge = new Gauge({
      name: 'starlane_router_retry_budget_tokens',
      help: 'What is left of the budget of retries: at or under its half, no request is tried again.',
      registers: [this.#registry],
      collect: () => {
        budget.set(options.router.rules.budget.tokens);
      },
    });
    const connections: Gauge = new Gauge({
      name: 'starlane_router_client_connections',
      help: 'Connections of clients that are open.',
      registers: [this.#registry],
      collect: () => {
        connections.set(dataPath.clientConnections());
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

  /** Another policy picks from now on. */
  switchTo(policy: string): void {
    this.#split.switchTo(policy, this.#totals());
    this.#label(policy);
  }

  /** In the text format of Prometheus. */
  async text(): Promise<string> {
    const families = (this.#options.families ?? []).map((family) => family.text());
    return `${await this.#ofProcess.metrics()}${await this.#registry.metrics()}${families.join('')}`;
  }

  #label(policy: string): void {
    this.#registry.setDefaultLabels({ policy });
    for (const family of this.#options.families ?? []) family.under(labelsOf({ policy }));
  }

  /** All counters that are split by policy, in one row: those of the router, then for each endpoint its own. */
  #totals(): readonly number[] {
    const { dataPath, router } = this.#options;
    const all = dataPath.counters();
    const left = router.health?.left;
    const ejections = router.ejection?.ejections;
    const opened = router.breaker?.opened;
    return [
      ...COUNTED_KEYS.map((key) => all[key]),
      ...dataPath
        .endpointCounters()
        .flatMap((counters, endpoint) => [
          ...ENDPOINT_KEYS.map((key) => counters[key]),
          left?.[endpoint] ?? 0,
          ejections?.[endpoint] ?? 0,
          opened?.[endpoint] ?? 0,
        ]),
    ];
  }

  #registerCounters(): void {
    const { endpoints } = this.#options;
    const counter = (name: string, help: string, labelNames: readonly string[], index: number, stride = 0): void => {
      const counted = new Counter({
        name: `starlane_router_${name}_total`,
        help,
        labelNames: [...labelNames, 'policy'],
        registers: [this.#registry],
        collect: () => {
          counted.reset();
          for (const [policy, counts] of this.#split.shares(this.#totals())) {
            if (stride === 0) counted.inc({ policy }, counts[index]!);
            else {
              for (const [endpoint, { name: label }] of endpoints().entries())
                counted.inc({ endpoint: label, policy }, counts[index + endpoint * stride]!);
            }
          }
        },
      });
    };
    for (const [index, key] of COUNTED_KEYS.entries()) counter(key, COUNTED[key], [], index);
    const stride = ENDPOINT_KEYS.length + 3;
    const first = COUNTED_KEYS.length;
    for (const [index, key] of ENDPOINT_KEYS.entries()) {
      const { name, help } = COUNTED_BY_ENDPOINT[key];
      counter(`endpoint_${name}`, help, ['endpoint'], first + index, stride);
    }
    const ofEndpoint = (name: string, help: string, index: number): void =>
      counter(`endpoint_${name}`, help, ['endpoint'], first + ENDPOINT_KEYS.length + index, stride);
    ofEndpoint('left', 'How often health checks had the endpoint left.', 0);
    ofEndpoint('ejections', 'How often it was ejected, because it kept failing requests.', 1);
    ofEndpoint('breaker_opened', 'How often its breaker opened, because it kept failing requests.', 2);
  }

  /** What the router believes of each endpoint now. What it does not know is NaN. */
  #registerLearnt({ endpoints, health, ejection, breaker }: RouterMetricsOptions['router'], clock: Clock): void {
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
    gauge('healthy', '1 while health checks find nothing wrong.', (endpoint) =>
      health?.admits(endpoint) === false ? 0 : 1,
    );
    gauge('ejected', '1 while it gets no requests, because it kept failing them.', (endpoint, nowMs) =>
      (ejection?.untilMs[endpoint] ?? Number.NEGATIVE_INFINITY) > nowMs ? 1 : 0,
    );
    gauge('breaker_state', 'Its breaker: 0 closed, 1 in probation, 2 open.', (endpoint, nowMs) =>
      BREAKER_STATES.indexOf(breaker?.state(endpoint, nowMs) ?? 'closed'),
    );
    gauge('ewma_seconds', 'Time to the first message, averaged.', (endpoint, nowMs) => ewma.at(endpoint, nowMs) / 1000);
    gauge(
      'residual_seconds',
      'What predictions are expected to miss.',
      (endpoint, nowMs) => residual.at(endpoint, nowMs) / 1000,
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
  /** What is counted from now on has these labels too; what was counted keeps those of its time. */
  under(common: string): void;
  text(): string;
}

const BREAKER_STATES: readonly BreakerState[] = ['closed', 'probation', 'open'];

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

const COUNTED_KEYS = Object.keys(COUNTED) as (keyof typeof COUNTED)[];
const ENDPOINT_KEYS = Object.keys(COUNTED_BY_ENDPOINT) as (keyof typeof COUNTED_BY_ENDPOINT)[];
