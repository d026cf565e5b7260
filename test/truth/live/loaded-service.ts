import { type ChildProcess, fork } from 'node:child_process';
import type { Event } from '../../../core/event/event.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { LoadGenerator } from '../../../services/client/io/load-generator.ts';
import { loadTransports } from '../../../services/client/io/load-transports.ts';
import { measureOwnTax } from '../../../services/client/io/own-tax.ts';
import type { LoadTransportName } from '../../../workload/load-schema.ts';
import { ON_ITS_OWN, type PlannedRequest, type Schedule } from '../../../workload/schedule.ts';

/** A service in a process of its own. */
export interface NullService {
  readonly grpcPort: number;
  /** The same process, without a delay. */
  readonly atOncePort: number;
  readonly httpPort: number;
  /** Has it stand still; resolves to from when to when, in milliseconds since 1970 by the monotonic clock. */
  stall(stallMs: Ms): Promise<{ readonly fromMs: number; readonly toMs: number }>;
  /** How late it was with its answers, at the median. */
  lateMs(): Promise<Ms>;
  stop(): void;
}

export const nullService = async (firstMs: Ms): Promise<NullService> => {
  const child: ChildProcess = fork(`${import.meta.dirname}/null-service.ts`, [String(firstMs)]);
  const told = <Told>(): Promise<Told> =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message as Told));
    });
  const ports = await told<Pick<NullService, 'grpcPort' | 'atOncePort' | 'httpPort'>>();
  return {
    ...ports,
    stall: (stallMs) => {
      const over = told<{ fromMs: number; toMs: number }>();
      child.send({ stallMs });
      return over;
    },
    lateMs: () => {
      const late = told<Ms>();
      child.send({});
      return late;
    },
    stop: () => void child.kill(),
  };
};

/** A short request of a client. */
export const shortRequest = (id: number, atMs: Ms): PlannedRequest => ({
  ...{ ...ON_ITS_OWN, id, atMs, client: 'a' },
  ...{ promptTokens: 10, outputTokens: 1, maxOutputTokens: 1 },
});

/** One every so often. */
export const steadySchedule = (count: number, everyMs: Ms): Schedule =>
  Array.from({ length: count }, (_, id) => shortRequest(id, id * everyMs));

/** Sends a schedule from this process, as a run does; resolves to its log, and to when it began, by the monotonic clock since 1970. */
export const sent = async (
  asked: Schedule,
  of: {
    readonly transport: LoadTransportName;
    readonly service: NullService;
    readonly onBegin?: () => void;
    /** How long users go on, where the schedule does not say. */
    readonly lastsMs?: Ms;
  },
): Promise<{ readonly events: readonly Event[]; readonly beganUnixMs: number }> => {
  const transportTo = loadTransports[of.transport];
  const tax = await measureOwnTax(transportTo, asked.slice(0, 5));
  const lastsMs = of.lastsMs ?? asked.at(-1)!.atMs;
  const schedule = [...asked, ...controlsFor(lastsMs)].sort((a, b) => a.atMs - b.atMs);
  const { grpcPort, atOncePort } = of.service;
  const transport = transportTo(
    new Map([
      ['a', `127.0.0.1:${grpcPort}`],
      [CONTROL, `127.0.0.1:${atOncePort}`],
    ]),
  );
  await transport.connect(5000);
  const beganUnixMs = performance.timeOrigin + performance.now() + LEAD_MS;
  const clock = new SystemClock({ startUnixMs: beganUnixMs });
  const events: Event[] = [];
  const load = new LoadGenerator({
    ...{ schedule, transport, transportName: of.transport, tax, clock, part: 'load generator' },
    emit: (event) => void events.push(event),
    ...{ deadlineMs: 60_000, maxInFlight: 1e6, retries: null, warmUpMs: 0, stallMs: 1000 },
  });
  clock.at(0, () => of.onBegin?.());
  await load.run();
  load.close({ isInterrupted: false });
  clock.close();
  return { events, beganUnixMs };
};

/** What is compiled by then is not compiled in the run. */
const LEAD_MS = 200;

/** Latencies of a client's requests from their intended start, by request. */
export const latenciesOf = (events: readonly Event[], client: string): ReadonlyMap<number, Ms> => {
  const intended = new Map(
    events.flatMap((event) =>
      event.kind === 'sent' && event.client === client ? [[event.request, event.intendedAtMs]] : [],
    ),
  );
  return new Map(
    events.flatMap((event) => {
      const dueMs = event.kind === 'first-token' ? intended.get(event.request) : undefined;
      return event.kind === 'first-token' && dueMs !== undefined ? [[event.request, event.atMs - dueMs]] : [];
    }),
  );
};

export const medianOf = (values: Iterable<number>): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

/**
 * How late everything is on this machine meanwhile: the median of calls without a delay, sent beside the others from the same process to the
 * same process, and of the lateness of the service. Where a machine is still that is below half a millisecond, and counts as nothing; on one
 * that others keep busy it is what a claim allows besides.
 */
export const noiseOf = async (events: readonly Event[], service: NullService): Promise<Ms> => {
  const latencies = latenciesOf(events, CONTROL).values();
  const sumMs = medianOf(latencies) + (await service.lateMs());
  return sumMs < STILL_MS ? 0 : 2 * sumMs;
};

const STILL_MS: Ms = 0.5;
const CONTROL = 'control';

/** Calls without a delay beside a schedule that lasts so long, under numbers of their own. */
const controlsFor = (lastsMs: Ms): Schedule =>
  Array.from({ length: Math.floor(lastsMs / 40) }, (_, index) => ({
    ...shortRequest(1e6 + index, 7 + 40 * index),
    client: CONTROL,
  }));
