import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../../../core/stats/histogram.ts';
import { quantile } from '../../../core/stats/quantile.ts';
import { type ClosedLoad, isByH2load, type PeerCase, type PeerLoad } from '../case.ts';
import type { ClosedOrder, ConnectOrder, LoadFigures, OpenOrder, StreamsOrder } from '../load-order.ts';
import { type CaseResult, DIRECT, type ProxyResult, type RoundFigures } from '../peers-result.ts';
import type { PeerProxy, TlsFiles } from '../proxies/peer-proxy.ts';
import type { BenchProcess } from './bench-process.ts';
import { type H2loadOptions, measureH2load, warmUpH2load } from './h2load.ts';
import { type RunningProxy, startProxy } from './running-proxy.ts';

/** What all cases share. */
export interface Bench {
  readonly backend: BenchProcess;
  readonly load: BenchProcess;
  readonly folder: string;
  /** With the certificate and key as text. */
  readonly tls: (TlsFiles & { readonly cert: string; readonly key: string }) | null;
  readonly proxyCores: string;
  readonly loadCores: string;
  readonly signal: AbortSignal;
}

export interface CasePlan {
  readonly peerCase: PeerCase;
  readonly proxies: readonly PeerProxy[];
  readonly pairs: number;
  readonly seconds: number;
  /** Hears what is next. */
  readonly onStep: (what: string) => void;
}

/**
 * Measures every proxy of a case in turn, round by round, each second round in the opposite order. It resolves early, with what there is,
 * when the signal aborts. All that it started has ended when it resolves.
 */
export const measureCase = async (bench: Bench, plan: CasePlan): Promise<CaseResult> => {
  const { peerCase, proxies, pairs, onStep } = plan;
  const tls = peerCase.isTls ? bench.tls : null;
  const listen = { count: peerCase.endpoints, tls: tls && { cert: tls.cert, key: tls.key } };
  const endpointPorts = await bench.backend.ask<readonly number[]>('listen', listen);
  const targets = [new Target(DIRECT, endpointPorts[0]!, null)];
  try {
    onStep('the proxies start');
    const starting = proxies.map((proxy) => {
      const folder = join(bench.folder, `${peerCase.name}-${proxy.name}`);
      return startProxy(proxy, { endpointPorts, tls, folder, cores: bench.proxyCores }).then(
        (running) => new Target(proxy.name, running.port, running),
        (error: Error) => new Target(proxy.name, 0, null, error.message),
      );
    });
    targets.push(...(await Promise.all(starting)));
    const session = new CaseSession(bench, plan, tls);
    const rounds = peerCase.load.kind === 'idle' ? 1 : pairs;
    if (peerCase.load.kind !== 'idle') await inTurn(targets, (target) => session.warmUp(target), onStep, 'warms up');
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? targets : targets.toReversed();
      await inTurn(order, (target) => session.measure(target, round), onStep, `round ${round + 1} of ${rounds}`);
    }
  } catch (error) {
    if (!bench.signal.aborted) throw error; // what is killed ends as if it were lost
  } finally {
    await Promise.all(targets.map(({ running }) => running?.stop()));
    await bench.backend.ask('close', null).catch(() => {}); // it is gone, and so are its connections
  }
  return { peerCase, results: targets.map((target) => target.result()) };
};

const inTurn = async (
  targets: readonly Target[],
  act: (target: Target) => Promise<void>,
  onStep: (what: string) => void,
  what: string,
): Promise<void> => {
  for (const target of targets) {
    if (target.isOut) continue;
    onStep(`${target.name}, ${what}`);
    await act(target);
  }
};

/** What is measured: a proxy, or the server itself. */
class Target {
  readonly name: string;
  readonly port: number;
  readonly running: RunningProxy | null;
  readonly rounds: RoundFigures[] = [];
  readonly histogram = new Histogram();
  /** Requests a second, of the last measurement. */
  ratePerS = 0;
  held: ProxyResult['held'] = null;
  faults = 0;
  firstFault: string | null;
  /** It did not start, or it ended. */
  isOut = false;

  constructor(name: string, port: number, running: RunningProxy | null, fault: string | null = null) {
    this.name = name;
    this.port = port;
    this.running = running;
    this.firstFault = fault;
    this.isOut = fault !== null;
    this.faults = fault === null ? 0 : 1;
  }

  get pids(): readonly number[] {
    return this.running?.pids ?? [];
  }

  fault(what: string, count = 1): void {
    this.faults += count;
    this.firstFault ??= what;
  }

  result(): ProxyResult {
    const { name, rounds, histogram, faults, firstFault, held } = this;
    const msOf = (p: number): number | null => (histogram.count === 0 ? null : histogram.quantileUs(p) / 1000);
    const latency = { count: histogram.count, p50Ms: msOf(0.5), p99Ms: msOf(0.99), p999Ms: msOf(0.999) };
    return { proxy: name, rounds, latency, faults, firstFault, held };
  }
}

class CaseSession {
  readonly #bench: Bench;
  readonly #plan: CasePlan;
  readonly #tls: Bench['tls'];

  constructor(bench: Bench, plan: CasePlan, tls: Bench['tls']) {
    this.#bench = bench;
    this.#plan = plan;
    this.#tls = tls;
  }

  /** Until so much was answered that code is compiled and caches are full, or for a few times the seconds of a measurement. */
  async warmUp(target: Target): Promise<void> {
    const { seconds } = this.#plan;
    await this.#outOnError(target, async () => {
      const endAtMs = performance.now() + MOST_WARM_UP * seconds * 1000;
      for (let count = 0; count < WARM_COUNT && performance.now() < endAtMs; ) {
        count += await this.#warmUpOnce(target, Math.min(seconds, MOST_AT_ONCE_S));
      }
    });
  }

  async #warmUpOnce(target: Target, seconds: number): Promise<number> {
    const { load } = this.#plan.peerCase;
    if (load.kind === 'open') return (await this.#measureClosed(target, { ...saturated(load), seconds })).count;
    if (!isByH2load(load)) return (await this.#measureOwn(target, seconds, 0)).count;
    target.ratePerS = await warmUpH2load(seconds, this.#h2loadOptions(target, load));
    return target.ratePerS * seconds;
  }

  async measure(target: Target, round: number): Promise<void> {
    const { peerCase, seconds } = this.#plan;
    const { load } = peerCase;
    await this.#outOnError(target, async () => {
      if (load.kind === 'idle') {
        await this.#hold(target, load);
        return;
      }
      await this.#check(target, load.messageBytes);
      if (isByH2load(load)) {
        const requests = Math.max(LEAST_REQUESTS, Math.round(target.ratePerS * seconds));
        const measured = await measureH2load(requests, this.#h2loadOptions(target, load));
        target.ratePerS = measured.count / measured.seconds;
        this.#note(target, round, measured);
      } else this.#note(target, round, await this.#measureOwn(target, seconds, round));
    });
  }

  /** One that does not do its work is out, and the others go on. */
  async #outOnError(target: Target, act: () => Promise<void>): Promise<void> {
    const { load, backend, signal } = this.#bench;
    try {
      await act();
    } catch (error) {
      if (signal.aborted || load.isGone || backend.isGone) throw error;
      const lastWords = target.running?.lastWords() ?? null;
      target.fault(lastWords === null ? (error as Error).message : `it ended: ${lastWords}`);
      target.isOut = true;
      await load.ask('close', null);
    }
  }

  #note(target: Target, round: number, measured: LoadFigures): void {
    const { count, seconds, cpuMs, waitedMs, latenciesMs, faults, firstFault, fromMs, toMs } = measured;
    for (const ms of latenciesMs) target.histogram.record(ms * 1000);
    if (firstFault !== null) target.fault(firstFault, faults);
    target.rounds.push({
      round,
      count,
      seconds,
      cpuMs,
      waitedMs,
      p50Ms: quantile(latenciesMs, 0.5),
      p99Ms: quantile(latenciesMs, 0.99),
      maxMs: latenciesMs.at(-1) ?? Number.NaN,
      pauses: target.running?.pauses(fromMs, toMs) ?? null,
      residentMib: target.running?.memory().carrierMib ?? 0,
    });
  }

  async #measureOwn(target: Target, seconds: number, round: number): Promise<LoadFigures> {
    const { load } = this.#plan.peerCase;
    if (load.kind === 'idle') throw new Error('idle answers have no rate');
    if (load.kind === 'closed') return this.#measureClosed(target, { ...load, seconds });
    const timed = { seconds, pids: target.pids };
    await this.#connect(target, load.connections);
    const { messageBytes } = load;
    const measured =
      load.kind === 'open'
        ? await this.#ask<OpenOrder>('open', { ...timed, messageBytes, ratePerS: load.ratePerS, seed: round })
        : await this.#ask<StreamsOrder>('streams', {
            ...timed,
            messageBytes,
            streams: load.streams,
            everyMs: load.everyMs,
          });
    await this.#bench.load.ask('close', null);
    return measured;
  }

  async #measureClosed(
    target: Target,
    { connections, streams, messageBytes, hasOtherHeaders = false, seconds }: ClosedLoad & { readonly seconds: number },
  ): Promise<LoadFigures> {
    await this.#connect(target, connections);
    const inFlight = connections * streams;
    const order: ClosedOrder = { seconds, pids: target.pids, inFlight, messageBytes, hasOtherHeaders };
    const measured = await this.#ask('closed', order);
    await this.#bench.load.ask('close', null);
    return measured;
  }

  /** Some calls whose status and bytes are looked at one by one, apart from what is measured: h2load sees no `grpc-status`. */
  async #check(target: Target, messageBytes: number): Promise<void> {
    await this.#connect(target, 1);
    const order = { calls: CHECKED_CALLS, messageBytes };
    const { faults, firstFault } = await this.#bench.load.ask<LoadFigures>('check', order);
    if (firstFault !== null) target.fault(firstFault, faults);
    await this.#bench.load.ask('close', null);
  }

  async #hold(target: Target, { connections, streams }: { readonly connections: number; readonly streams: number }) {
    if (target.running === null) return;
    await this.#check(target, CHECKED_BYTES); // tells which process carries requests
    const beforeMib = target.running.memory().carrierMib;
    await this.#connect(target, connections);
    await this.#bench.load.ask('hold', { streams });
    await sleep(HELD_MS, undefined, { signal: this.#bench.signal });
    const { carrierMib: heldMib, allMib } = target.running.memory();
    target.held = { beforeMib, heldMib, allMib };
    await this.#bench.load.ask('close', null);
  }

  #connect({ port }: Target, connections: number): Promise<unknown> {
    const order: ConnectOrder = { port, connections, ca: this.#tls?.cert ?? null };
    return this.#bench.load.ask('connect', order);
  }

  #ask<Order>(name: string, order: Order): Promise<LoadFigures> {
    return this.#bench.load.ask<LoadFigures>(name, order);
  }

  #h2loadOptions({ port, pids }: Target, { connections, streams, messageBytes }: ClosedLoad): H2loadOptions {
    const { folder, loadCores: cores } = this.#bench;
    return { port, isTls: this.#tls !== null, connections, streams, messageBytes, pids, folder, cores };
  }
}

/** A load that compiles the code of an open one sooner. */
const saturated = ({ connections, messageBytes }: Extract<PeerLoad, { readonly kind: 'open' }>): ClosedLoad => ({
  kind: 'closed',
  connections,
  streams: 16,
  messageBytes,
});

/** After so many requests V8 has optimised what they run. A proxy that is slower gets no more seconds than `MOST_WARM_UP` measurements. */
const WARM_COUNT = 30_000;
const MOST_WARM_UP = 4;
const MOST_AT_ONCE_S = 2;
const LEAST_REQUESTS = 500;
const CHECKED_CALLS = 32;
const CHECKED_BYTES = 102;
const HELD_MS = 3000;
