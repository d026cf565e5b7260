import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../../core/event/event.ts';
import { EventFile } from '../../../core/event/io/event-file.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { LoadGenerator } from '../../../services/client/io/load-generator.ts';
import { loadTransports } from '../../../services/client/io/load-transports.ts';
import { measureOwnTax, type OwnTax } from '../../../services/client/io/own-tax.ts';
import type { LoadTransport } from '../../../services/client/load-transport.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { followOrders } from '../../peers/io/on-orders.ts';
import { LatenessMeter } from '../io/lateness-meter.ts';
import { CLIENTS, type LoadCase, scheduleOfCase } from '../load-case.ts';
import type { GeneratorSaw } from '../load-result.ts';

/** One process of a load, which writes its log to a disk as in a run. */
let prepared: {
  readonly of: LoadCase;
  readonly schedule: Schedule;
  readonly tax: OwnTax | null;
  readonly transport: LoadTransport;
};

followOrders({
  prepare: async ({ of, port }: { readonly of: LoadCase; readonly port: number }): Promise<null> => {
    const schedule = scheduleOfCase(of);
    const transportTo = loadTransports[of.transport];
    const tax = await measureOwnTax(transportTo, schedule.slice(0, 64));
    const transport = transportTo(new Map(CLIENTS.map((client) => [client, `127.0.0.1:${port}`])));
    await transport.connect(5000);
    prepared = { of, schedule, tax, transport };
    return null;
  },
  run: async (): Promise<GeneratorSaw> => {
    const { of, schedule, tax, transport } = prepared;
    const folder = mkdtempSync(join(tmpdir(), 'starlane-bench-load-'));
    const log = new EventFile(join(folder, 'load.jsonl'));
    const clock = new SystemClock({ startUnixMs: performance.timeOrigin + performance.now() });
    const seen = new Seen(of);
    const load = new LoadGenerator({
      ...{ schedule, transport, transportName: of.transport, tax, clock, part: 'load' },
      emit: (event) => {
        seen.add(event);
        log.emit(event);
      },
      ...{ deadlineMs: 10 * of.answerMs, maxInFlight: 10 * of.streams, retries: null, warmUpMs: of.answerMs },
      stallMs: 1000,
    });
    const over = new Promise<void>((resolve) => void clock.at(of.answerMs + of.measuredMs, () => resolve()));
    void load.run();
    await over;
    load.close({ isInterrupted: false });
    clock.close();
    log.close();
    rmSync(folder, { recursive: true });
    return { ...seen.figures(), tax };
  },
});

/** What happened in the measured time, which begins when as many answers are open as ever. */
class Seen {
  readonly #lag = new LatenessMeter();
  readonly #fromMs: number;
  readonly #seconds: number;
  #messages = 0;
  #open = 0;
  #openMost = 0;
  #answered = 0;
  #others = 0;
  #generator: Extract<Event, { kind: 'generator' }> | null = null;

  constructor({ answerMs, measuredMs }: LoadCase) {
    this.#fromMs = answerMs;
    this.#seconds = measuredMs / 1000;
  }

  add(event: Event): void {
    const isMeasured = event.atMs >= this.#fromMs;
    if (event.kind === 'sent') {
      this.#openMost = Math.max(this.#openMost, ++this.#open);
      if (isMeasured) this.#lag.add(event.atMs - event.intendedAtMs);
    } else if (event.kind === 'finished') {
      this.#open--;
      // Each message is a token. As many of answers that began before are counted as are left out of those that go on.
      if (isMeasured && event.outcome === 'answered') this.#messages += event.tokens;
      if (event.outcome === 'answered') this.#answered++;
      else if (event.outcome !== 'open') this.#others++;
    } else if (event.kind === 'generator') this.#generator = event;
  }

  figures(): Omit<GeneratorSaw, 'tax'> {
    const { eventLoopP99Ms, busyShare = 0 } = this.#generator!;
    return {
      ...{ lag: this.#lag.lateness, messagesPerS: this.#messages / this.#seconds, answered: this.#answered },
      ...{ others: this.#others, openMost: this.#openMost, eventLoopP99Ms, busyShare },
    };
  }
}
