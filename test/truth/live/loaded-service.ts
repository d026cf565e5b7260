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
  const ports = await told<{ grpcPort: number; httpPort: number }>();
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
  schedule: Schedule,
  of: {
    readonly transport: LoadTransportName;
    readonly port: number;
    readonly onBegin?: () => void;
    /** Ends it; until then every request is waited for. */
    readonly lastsMs?: Ms;
  },
): Promise<{ readonly events: readonly Event[]; readonly beganUnixMs: number }> => {
  const transportTo = loadTransports[of.transport];
  const tax = await measureOwnTax(transportTo, schedule.slice(0, 5));
  const transport = transportTo(new Map([['a', `127.0.0.1:${of.port}`]]));
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
  const over =
    of.lastsMs === undefined ? null : new Promise<void>((resolve) => void clock.at(of.lastsMs!, () => resolve()));
  await Promise.race([load.run(), ...(over === null ? [] : [over])]);
  load.close({ isInterrupted: false });
  clock.close();
  return { events, beganUnixMs };
};

/** What is compiled by then is not compiled in the run. */
const LEAD_MS = 200;

/** Latencies from the intended start, by request. */
export const latenciesOf = (events: readonly Event[]): ReadonlyMap<number, Ms> => {
  const intended = new Map(
    events.flatMap((event) => (event.kind === 'sent' ? [[event.request, event.intendedAtMs]] : [])),
  );
  return new Map(
    events.flatMap((event) =>
      event.kind === 'first-token' ? [[event.request, event.atMs - intended.get(event.request)!]] : [],
    ),
  );
};

export const medianOf = (values: Iterable<number>): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

/**
 * What a run says of its own timing at the median: how late requests left, what the client adds to a call, how late the service was. A
 * machine that is still has less than half a millisecond of it; on one that others keep busy it is added to what a claim allows.
 */
export const noiseOf = async (events: readonly Event[], service: NullService): Promise<Ms> => {
  const generator = events.find((event) => event.kind === 'generator')!;
  const sumMs = generator.lagP50Ms + (generator.taxP50Ms ?? 0) + (await service.lateMs());
  return sumMs < STILL_MS ? 0 : sumMs;
};

const STILL_MS: Ms = 0.5;
