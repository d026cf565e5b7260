import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Client, credentials } from '@grpc/grpc-js';
import type { EventSink } from '../../../core/event/event.ts';
import { Histogram } from '../../../core/stats/histogram.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { PlannedRequest, Schedule } from '../../../workload/schedule.ts';
import { droppedEvent, sentEvent } from '../request-events.ts';
import { RunGaps } from '../run-gaps.ts';
import { GenerateCall } from './generate-call.ts';

export interface LoadGeneratorOptions {
  readonly schedule: Schedule;
  /** Where each client reaches the router, `host:port` by client. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly deadlineMs: Ms;
  readonly maxInFlight: number;
  /** What its log calls this process. */
  readonly part: string;
  readonly warmUpMs: Ms;
  /** An answer whose next message takes longer has stalled. */
  readonly stallMs: Ms;
}

/** The progress of a run. */
export interface LoadProgress {
  readonly sent: number;
  readonly ended: number;
  readonly answered: number;
}

/**
 * Sends a schedule over gRPC, open loop: each request leaves at its intended time, whatever happened to the others. One
 * channel a client, as one dish or one office has one connection. It logs how well it kept its times when it closes.
 */
export class LoadGenerator {
  readonly #options: LoadGeneratorOptions;
  readonly #channels: ReadonlyMap<string, Client>;
  readonly #lag = new Histogram();
  readonly #gaps: RunGaps;
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 1 });
  readonly #open = new Set<GenerateCall>();
  readonly #idle = Promise.withResolvers<void>();
  #cpu = process.cpuUsage();
  #next = 0;
  #sent = 0;
  #ended = 0;
  #answered = 0;

  constructor(options: LoadGeneratorOptions) {
    this.#options = options;
    this.#gaps = new RunGaps(options);
    this.#channels = new Map(
      [...options.addresses].map(([client, address]) => [
        client,
        new Client(address, credentials.createInsecure(), CHANNEL_OPTIONS),
      ]),
    );
  }

  /** Connects every client. Rejects with one line when one cannot within `withinMs`. */
  async connect(withinMs: number): Promise<void> {
    const deadline = new Date(Date.now() + withinMs);
    await Promise.all(
      [...this.#channels].map(
        ([client, channel]) =>
          new Promise<void>((resolve, reject) => {
            channel.waitForReady(deadline, (error) => {
              if (error === undefined) resolve();
              else reject(new Error(`client ${client} did not reach the router within ${withinMs} ms`));
            });
          }),
      ),
    );
  }

  get progress(): LoadProgress {
    return { sent: this.#sent, ended: this.#ended, answered: this.#answered };
  }

  /** Sends all requests; resolves when every one has ended. */
  run(): Promise<void> {
    this.#cpu = process.cpuUsage();
    this.#loopDelay.enable();
    this.#scheduleNext();
    return this.#idle.promise;
  }

  /**
   * Stops sending, counts running requests as open, or as interrupted where the run did not come to its end, logs its own figures
   * and closes its channels.
   */
  close({ isInterrupted }: { readonly isInterrupted: boolean }): void {
    this.#next = Number.POSITIVE_INFINITY;
    for (const call of this.#open) call.cutOff(isInterrupted ? 'interrupted' : 'open');
    this.#loopDelay.disable();
    const { user, system } = process.cpuUsage(this.#cpu);
    const { emit, clock, part } = this.#options;
    const atMs = clock.now();
    emit(this.#gaps.event(part, atMs));
    emit({
      kind: 'generator',
      atMs,
      offered: this.#options.schedule.length,
      sent: this.#sent,
      lagP50Ms: orZero(this.#lag.quantileUs(0.5)) / 1000,
      lagP99Ms: orZero(this.#lag.quantileUs(0.99)) / 1000,
      eventLoopP99Ms: orZero(this.#loopDelay.percentile(99)) / 1e6,
      cpuMs: (user + system) / 1000,
    });
    for (const channel of this.#channels.values()) channel.close();
  }

  #scheduleNext(): void {
    const planned = this.#options.schedule[this.#next];
    if (planned === undefined) {
      this.#resolveIfIdle();
      return;
    }
    this.#options.clock.at(planned.atMs, () => {
      if (this.#next === Number.POSITIVE_INFINITY) return;
      this.#next++;
      this.#send(planned);
      this.#scheduleNext();
    });
  }

  #send(planned: PlannedRequest): void {
    const { clock, emit } = this.#options;
    const nowMs = clock.now();
    this.#lag.record((nowMs - planned.atMs) * 1000);
    emit(sentEvent(planned, nowMs));
    if (this.#open.size >= this.#options.maxInFlight) {
      emit(droppedEvent(planned, nowMs));
      this.#ended++;
      return;
    }
    this.#sent++;
    const call: GenerateCall = new GenerateCall({
      planned,
      channel: this.#channels.get(planned.client)!,
      clock,
      emit,
      deadlineMs: this.#options.deadlineMs,
      gaps: this.#gaps,
      onEnd: (outcome) => {
        this.#open.delete(call);
        this.#ended++;
        if (outcome === 'answered') this.#answered++;
        this.#resolveIfIdle();
      },
    });
    this.#open.add(call);
  }

  #resolveIfIdle(): void {
    if (this.#next >= this.#options.schedule.length && this.#open.size === 0) this.#idle.resolve();
  }
}

const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);

const CHANNEL_OPTIONS = {
  'grpc.use_local_subchannel_pool': 1, // two clients that share an address are still two connections
  'grpc.enable_retries': 0, // only the router retries
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0, // a proxy named in the environment must not carry the paths of a run
};
