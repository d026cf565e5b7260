import type { EventSink } from '../../core/event/event.ts';
import type { Clock, Ms } from '../../core/time/clock.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { LoadGenerator } from '../../services/client/io/load-generator.ts';
import { loadTransports } from '../../services/client/io/load-transports.ts';
import { measureOwnTax, type OwnTax } from '../../services/client/io/own-tax.ts';
import { mayFollow } from '../../workload/followers.ts';
import type { Schedule } from '../../workload/schedule.ts';

export interface LiveLoadOptions {
  readonly scenario: Scenario;
  /** Of the whole run. */
  readonly schedule: Schedule;
  /** What its log calls this process. */
  readonly part: string;
  /** Where its clients reach their routers, `host:port` by client. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly tax: OwnTax | null;
  readonly clock: Clock;
  readonly emit: EventSink;
}

/**
 * A process of the load of a live run, connected: it sends what the clients in `addresses` send of the schedule, and has that share of
 * `load.maxInFlight`. Rejects with one line when a client cannot reach its router.
 */
export const connectedLoad = async (options: LiveLoadOptions): Promise<LoadGenerator> => {
  const { scenario, schedule, addresses } = options;
  const { deadlineS, maxInFlight, retries, transport: transportName } = scenario.load;
  const following = mayFollow(schedule, scenario.durationS * 1000);
  const own = schedule.filter(({ client }) => addresses.has(client));
  const transport = loadTransports[transportName](addresses);
  await transport.connect(CONNECT_MS);
  return new LoadGenerator({
    ...{ ...options, schedule: own, transport, transportName },
    deadlineMs: deadlineS * 1000,
    maxInFlight: Math.ceil((maxInFlight * own.length) / Math.max(1, schedule.length)),
    retries: retries === null ? null : { ...retries, requests: schedule.length + following },
    warmUpMs: scenario.warmUpS * 1000,
    stallMs: scenario.slo.stallMs,
  });
};

/** What a process of this load adds by itself. Measured before a run and not during it: it would be one more load. */
export const taxOfLoad = ({ load }: Pick<Scenario, 'load'>, schedule: Schedule): Promise<OwnTax | null> =>
  measureOwnTax(loadTransports[load.transport], schedule.slice(0, MOST_KINDS));

const CONNECT_MS: Ms = 5000;

/** How many requests of the schedule stand for all. */
const MOST_KINDS = 64;
