import { Server, type ServerOptions } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import type { EventSink } from '../../../core/event/event.ts';
import type { Rng } from '../../../core/random/rng.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { Health } from '../../../proto/gen/grpc/health/v1/health_pb.js';
import { Control } from '../../../proto/gen/starlane/control/v1/control_pb.js';
import { Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { OpenRcaService } from '../../../proto/gen/xds/service/orca/v3/orca_pb.js';
import { orcaReportOf } from '../../../router/endpoint/orca-report.ts';
import { reflectionPackage } from '../../grpc/reflection-package.ts';
import { serviceDefinition } from '../../grpc/service-definition.ts';
import { type Condition, NodeCondition } from '../control/condition.ts';
import { type PlannedNodeFault, playFaults } from '../control/fault-timeline.ts';
import { Faults } from '../control/faults.ts';
import { type NodeState, nodeStateOf } from '../control/node-state.ts';
import type { Engine } from '../engine/engine.ts';
import { NodeMetrics } from '../metrics/node-metrics.ts';
import type { RequestSpans } from '../telemetry/request-spans.ts';
import { controlHandlers } from './control-handlers.ts';
import { Deadlines } from './deadlines.ts';
import { FaultEffects } from './fault-effects.ts';
import { FaultyCalls } from './faulty-calls.ts';
import { generateHandler } from './generate-handler.ts';
import { NodeHealth } from './health.ts';
import { Listener } from './listener.ts';
import { LoadStream } from './load-stream.ts';
import { loadTrailer } from './load-trailer.ts';
import { OpenAnswers } from './open-answers.ts';
import { RequestBounds, type RequestLimits } from './request-bounds.ts';
import { StreamWatch } from './stream-watch.ts';

export interface GrpcNodeOptions {
  readonly engine: Engine;
  /** The clock of the engine. */
  readonly clock: Clock;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Further ports on which it answers. */
  readonly alsoPorts?: readonly number[];
  readonly emit: EventSink;
  /** Whether a connection to that address of this machine is accepted; all are without it. */
  readonly takes?: (localAddress: string | undefined) => boolean;
  /** How much of its memory requests may take; see `RequestBounds`. */
  readonly requestLimits?: Partial<RequestLimits>;
  /** Until when it reports that it is starting; 0 when left out. */
  readonly startedAtMs?: Ms;
  /** From when it reports that it is draining; null or left out for never. */
  readonly drainsAtMs?: Ms | null;
  /** Who may inject faults, and what they need; null or left out where nobody may. */
  readonly faults?: FaultOptions | null;
  /** Tokens of one answer that may wait for a client to read; one more ends the answer. */
  readonly maxUnreadTokens?: number;
  /** Takes a span for each request; null or left out where traces are not asked for. The caller closes it. */
  readonly spans?: RequestSpans | null;
  /** The models that it serves; null or left out for any. */
  readonly models?: readonly string[] | null;
}

export interface FaultOptions {
  readonly token: string;
  /** Which requests fail. */
  readonly rng: Rng;
  /** Ends the process as a crash would. */
  readonly crash: () => void;
}

export interface GrpcNode {
  readonly port: number;
  /** Begins planned faults when they are due (see `playFaults`): for a node that may have faults, once the clock runs. */
  playFaults(planned: readonly PlannedNodeFault[], cycleMs?: Ms | null): void;
  /** How it is now. */
  state(): NodeState;
  /** Logs what is not as usual now, for a log that begins now. */
  tellState(nowMs: Ms): void;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /**
   * Takes no new request, lets open answers end for at most `limitMs`, then cuts them off. The engine stays open: it
   * belongs to the caller.
   */
  close(limitMs?: number): Promise<void>;
}

/**
 * Serves an engine over gRPC: inference, health, reflection, load reports out of band, and control. Rejects with one line
 * when it cannot have the port.
 */
export const serveGrpcNode = async (options: GrpcNodeOptions): Promise<GrpcNode> => {
  const { engine, clock, emit, host, port, startedAtMs = 0, drainsAtMs = null, faults: permission = null } = options;
  const { alsoPorts = [], maxUnreadTokens = DEFAULT_MAX_UNREAD_TOKENS, spans = null, models = null } = options;
  const { path: promptPath } = serviceDefinition(Inference).generate;
  const bounds = new RequestBounds({
    promptPath,
    trailers: () => loadTrailer(engine, clock),
    ...(options.requestLimits && { limits: options.requestLimits }),
  });
  const deadlines = new Deadlines(clock);
  const server = new Server({ ...SERVER_OPTIONS, interceptors: [bounds.interceptor, deadlines.interceptor] });
  const metrics = new NodeMetrics(engine, clock, bounds);
  const serve = generateHandler({ engine, clock, emit, metrics, maxUnreadTokens, deadlines, spans, models });

  let effects: FaultEffects | null = null;
  const faults: Faults = new Faults(clock, (change) => {
    emit({ kind: 'injected', atMs: change.atMs, node: engine.name, fault: change.fault.kind, state: change.state });
    effects?.apply(change);
    condition.update();
  });
  const tell = (atMs: Ms): void =>
    emit({ kind: 'condition', atMs, node: engine.name, condition: condition.current, cause: condition.cause });
  let isClosing = false;
  const onChange = (now: Condition): void => {
    health.follow(now);
    if (!isClosing) tell(clock.now()); // its own end is no event of the run
  };
  const condition = new NodeCondition({
    clock,
    startedAtMs,
    drainsAtMs,
    faults,
    hasPower: (nowMs) => engine.hasPower(nowMs),
    onChange,
  });
  const drain = (): void => {
    emit({ kind: 'injected', atMs: clock.now(), node: engine.name, fault: 'drain', state: 'began' });
    engine.drain();
    condition.drain();
  };
  const health = new NodeHealth(
    { following: [Inference.typeName], always: ALWAYS_SERVING, trailer: () => loadTrailer(engine, clock) },
    condition.current,
  );
  const calls = permission && new FaultyCalls({ engine, clock, emit, faults, rng: permission.rng, serve, spans });
  const loads = new LoadStream(() => orcaReportOf(engine.report(clock.now())));

  server.addService(serviceDefinition(Inference), { generate: calls?.handler ?? serve });
  server.addService(serviceDefinition(OpenRcaService), { streamCoreMetrics: loads.handler });
  server.addService(
    serviceDefinition(Control),
    controlHandlers({ engine, clock, faults, condition, drain, token: permission?.token ?? null }),
  );
  health.addTo(server);
  new ReflectionService(REFLECTED).addToServer(server);

  const answers = permission && new OpenAnswers(promptPath);
  const streams = new StreamWatch((stream, headers) => {
    bounds.add(stream, headers);
    answers?.add(stream, headers);
  });
  const { takes } = options;
  const listener = await Listener.listen({
    server,
    host,
    port,
    alsoPorts,
    streams,
    isGated: permission !== null,
    ...(takes && { takes }),
  });
  if (permission && answers && calls) {
    effects = new FaultEffects({
      clock,
      engine,
      listener,
      answers,
      calls,
      crash: permission.crash,
    });
  }
  const shutDown = async (limitMs: Ms): Promise<void> => {
    isClosing = true;
    condition.drain();
    faults.clear();
    loads.close();
    server.tryShutdown(() => {}); // calls back at once: grpc-js does not count connections that were given to it
    const limit = setTimeout(() => server.forceShutdown(), limitMs);
    await listener.close();
    clearTimeout(limit);
  };
  let closed: Promise<void> | undefined;
  return {
    port: listener.port,
    playFaults: (planned, cycleMs = null) => playFaults({ clock, faults, planned, drain, cycleMs }),
    state: () => {
      const { current, cause } = condition;
      return nodeStateOf({ condition: current, cause, faults: faults.list().map(({ fault }) => fault.kind) });
    },
    tellState: (nowMs) => {
      if (condition.current !== 'serving') tell(nowMs);
      for (const { fault } of faults.list()) {
        emit({ kind: 'injected', atMs: nowMs, node: engine.name, fault: fault.kind, state: 'began' });
      }
    },
    metrics: () => metrics.text(),
    close: (limitMs = DEFAULT_DRAIN_MS) => {
      closed ??= shutDown(limitMs);
      return closed;
    },
  };
};

const ALWAYS_SERVING: readonly string[] = [Control.typeName, OpenRcaService.typeName];

const REFLECTED = reflectionPackage([Inference, Health, OpenRcaService, Control]);

const DEFAULT_DRAIN_MS = 5000;

/** Twenty seconds of a fast answer, so that a path that is down for a slot cuts nobody off. */
const DEFAULT_MAX_UNREAD_TOKENS = 4096;

const SERVER_OPTIONS: ServerOptions = {
  // More than the engine ever holds, so that its queue refuses with a hint and the transport never stalls a client.
  'grpc.max_concurrent_streams': 16_384,
  // More than a prompt of the longest context takes: four bytes a token.
  'grpc.max_receive_message_length': 4 << 20,
  // A path may be down for seconds during a hand-over: find a dead peer, but keep one whose path is down.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // `grpc.enable_channelz` stays on: without it @grpc/grpc-js 1.14 forgets its sessions, and `forceShutdown` ends none.
};
