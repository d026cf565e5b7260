import { cpus, devNull } from 'node:os';
import type { Event } from '../../../core/event/event.ts';
import { Part } from '../../../hosts/local/io/part.ts';
import { Echo } from '../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../netem/shaping/probe/io/prober.ts';
import { errorsByDelay, type RoundTrip } from '../errors-by-delay.ts';
import type { RelayMeasurement } from '../links-report.ts';
import type {
  BenchRelayReady,
  BenchRelaySetup,
  Received,
  SinkSetup,
  SourceReady,
  SourceSetup,
  Usage,
} from '../part-setup.ts';

export interface RelayedLoad {
  readonly streams: number;
  readonly connections: number;
  readonly messageBytes: number;
  /** Time between two messages of a stream. */
  readonly everyMs: number;
  readonly isStalled: boolean;
}

const LOOPBACK = '127.0.0.1';
const PROBE_EVERY_MS = 13;
const LEAD_MS = 100;

/** The start of the processes, with cold caches, is not measured. */
const WARM_UP_MS = 1500;

/**
 * Probes a relay for `durationMs`, with or without `load`. The relay and both ends of the load are processes; both ends of the
 * probes are in this process. When it resolves, all processes have ended. It resolves early when `signal` aborts.
 */
export const measureRelay = async (options: {
  readonly delaysMs: readonly number[];
  readonly load: RelayedLoad | null;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}): Promise<RelayMeasurement> => {
  const { delaysMs, load, durationMs, signal } = options;
  const relay = new Part<BenchRelaySetup, BenchRelayReady, Usage>('relay', 'benchmarks/links/relay/main.ts');
  const source = new Part<SourceSetup, SourceReady>('source of messages', 'benchmarks/links/source/main.ts');
  const sink = new Part<SinkSetup, null, Received>('sink of messages', 'benchmarks/links/sink/main.ts');
  const parts = [sink, relay, source];
  const echo = await Echo.listen({ host: LOOPBACK, port: 0 });
  let prober: Prober | null = null;
  try {
    await Promise.all(parts.map((part) => part.loaded()));
    const { streams, connections, messageBytes, everyMs, isStalled } = load ?? NO_LOAD;
    const events = devNull;
    const { port: sourcePort } = await source.configure({ events, streams, messageBytes, everyMs });
    const { ports, probePorts } = await relay.configure({ events, delaysMs, sourcePort, echoPort: echo.port });
    await sink.configure({ events, ports, connections, messageBytes, isStalled });
    const probes: RoundTrip[] = [];
    prober = await Prober.connect({
      paths: Object.fromEntries(delaysMs.map((delay, index) => [delay, { host: LOOPBACK, port: probePorts[index]! }])),
      everyMs: PROBE_EVERY_MS,
      emit: (event: Event) => void (event.kind === 'probe' && probes.push(event)),
    });
    const usages: Usage[] = [];
    const received: Received[] = [];
    relay.onProgress = (usage) => usages.push(usage);
    sink.onProgress = (count) => received.push(count);
    const startUnixMs = Date.now() + LEAD_MS;
    for (const part of parts) part.begin(startUnixMs);
    prober.begin(startUnixMs);
    // It rejects when a part ends unexpectedly. Parts never end by themselves.
    const lost = Promise.race(parts.map((part) => part.done()));
    await Promise.race([after(LEAD_MS + WARM_UP_MS, signal), lost]);
    usages.length = 0;
    received.length = 0;
    const busyBeforeMs = busyMs();
    const fromMs = performance.now();
    await Promise.race([after(durationMs, signal), lost]);
    const busyCores = (busyMs() - busyBeforeMs) / (performance.now() - fromMs);
    return {
      ...errorsByDelay(
        probes.filter(({ atMs }) => atMs >= WARM_UP_MS),
        delaysMs,
      ),
      relayCores: rateOf(usages, ({ cpuMs }) => cpuMs),
      busyCores,
      messagesPerS: 1000 * rateOf(received, ({ messages }) => messages),
      peakRssBytes: Math.max(0, ...usages.map(({ rssBytes }) => rssBytes)),
    };
  } finally {
    prober?.close();
    await Promise.all(parts.map((part) => part.stop()));
    await echo.close();
  }
};

const NO_LOAD: RelayedLoad = { streams: 0, connections: 0, messageBytes: 1, everyMs: 1000, isStalled: false };

/** Growth of a count per millisecond. */
const rateOf = <T extends { readonly atMs: number }>(
  readings: readonly T[],
  countOf: (reading: T) => number,
): number => {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || last === first) return 0;
  return (countOf(last) - countOf(first)) / (last.atMs - first.atMs);
};

const busyMs = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);

export const after = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
