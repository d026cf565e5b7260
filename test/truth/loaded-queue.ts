import type { Event } from '../../core/event/event.ts';
import { type RngSource, seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { LoadGenerator } from '../../services/client/io/load-generator.ts';
import { loadSchema } from '../../workload/load-schema.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import type { PlannedRequest, Schedule } from '../../workload/schedule.ts';
import { QueueTransport } from './queue-transport.ts';

export interface LoadedQueue {
  readonly arrivals: 'poisson' | 'constant';
  readonly ratePerS: number;
  readonly durationMs: Ms;
  /** How long answers may take after the last request; forever by default. */
  readonly drainMs?: Ms;
  readonly servers: number;
  readonly serviceMs: (rng: RngSource) => () => Ms;
  readonly stall?: readonly [fromMs: Ms, untilMs: Ms];
  readonly seed: number;
}

/** The schedule that a run makes, with prompts of one token: how long they are is not what is asked here. */
export const shortSchedule = ({ arrivals, ratePerS, durationMs, seed }: LoadedQueue): Schedule =>
  makeSchedule({
    load: loadSchema.parse({ ratePerS, arrivals }),
    trace: ONE_TOKEN,
    durationMs,
    clients: [
      { name: 'a', share: 1 },
      { name: 'b', share: 2 },
    ],
    rng: seededRng(seed),
  });

const ONE_TOKEN = {
  arrivalS: Float64Array.of(0, 1),
  promptTokens: Int32Array.of(1, 1),
  outputTokens: Int32Array.of(1, 1),
  ...{ sessions: null, blocks: null, remarks: [] },
} as const;

/** Sends a schedule to a queue in virtual time with the load generator of live runs; `processes` have a share of the clients each. */
export const loadQueue = (
  of: LoadedQueue,
  emit: (event: Event) => void,
  processes: readonly ((planned: PlannedRequest) => boolean)[] = [() => true],
): void => {
  const clock = new VirtualClock();
  const transport = new QueueTransport(clock, { servers: of.servers, serviceMs: of.serviceMs(seededRng(of.seed)) });
  if (of.stall !== undefined) transport.stall(...of.stall);
  const schedule = shortSchedule(of);
  const generators = processes.map((isOwn, index) => {
    const generator = new LoadGenerator({
      ...{ schedule: schedule.filter(isOwn), transport, transportName: 'frames', tax: null, clock, emit },
      ...{ deadlineMs: 1e12, maxInFlight: 1e9, retries: null, part: `load ${index + 1}`, warmUpMs: 0, stallMs: 1000 },
    });
    void generator.run();
    return generator;
  });
  const endMs = of.durationMs + (of.drainMs ?? 1e9);
  clock.runUntil(endMs);
  for (const generator of generators) generator.close({ isInterrupted: false });
  emit({ kind: 'ended', atMs: endMs, isInterrupted: false });
};
