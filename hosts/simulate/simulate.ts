import type { EventSink, Outcome } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import { emitLinkChanges } from '../../netem/links/model/link-events.ts';
import { meantPolicy } from '../../scenario/meant-policy.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { linksOf, type Topology, topologyFrom } from '../../scenario/topology.ts';
import { hasFollowers, mayFollow } from '../../workload/followers.ts';
import type { PlannedRequest, Schedule } from '../../workload/schedule.ts';
import { unplayedFaults } from '../unplayed-faults.ts';
import { FloorCalls } from './floor-calls.ts';
import { playPathFaults } from './path-faults.ts';
import { SimulatedCall } from './simulated-call.ts';
import { simulatedParts } from './simulated-parts.ts';

/**
 * Runs one policy on a schedule in virtual time: the same router, engines and links as a live run, wired in memory.
 * Yields the virtual time once a simulated second, and more often under a large load, so that the caller can show progress or stop: the
 * log then says that the run was interrupted.
 */
export function* simulate(options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly schedule: Schedule;
  readonly policy: string;
  readonly emit: EventSink;
}): Generator<Ms> {
  const { scenario, topology, schedule, emit } = options;
  const requests = schedule.length + mayFollow(schedule, scenario.durationS * 1000);
  const retries = scenario.load.retries === null ? null : { ...scenario.load.retries, requests };
  const { routers, nodes, gaps } = simulatedParts({ ...options, retries });
  const { clock } = routers[0]!;
  for (const unplayed of unplayedFaults(scenario, 'simulate')) emit(unplayed);
  const sendingMs = scenario.durationS * 1000;
  const endMs = sendingMs + scenario.drainS * 1000;
  for (const [name, links] of linksOf(topology)) {
    emitLinkChanges(`${name}/forward`, links.forward, { clock, emit, untilMs: endMs });
    emitLinkChanges(`${name}/back`, links.back, { clock, emit, untilMs: endMs });
  }
  const open = new Set<SimulatedCall>();
  const floor =
    meantPolicy(scenario.router, options.policy)?.policy !== 'floor'
      ? null
      : new FloorCalls({ topology, clock, emit, onEnd: (planned, outcome, atMs) => follow(planned, outcome, atMs) });
  const partsOf = new Map(
    routers.flatMap((parts) => [...parts.access.keys()].map((client) => [client, parts] as const)),
  );
  for (const { router } of routers) {
    router.health?.listen((nowMs) => {
      for (const call of [...open]) if (call.router === router) call.onHealthChange(nowMs);
      router.room.serve(nowMs);
    });
  }
  const send = (planned: PlannedRequest): void => {
    if (floor !== null) {
      floor.send(planned);
      return;
    }
    const parts = partsOf.get(planned.client)!;
    if (open.size >= scenario.load.maxInFlight) {
      SimulatedCall.drop(planned, parts);
      follow(planned, 'dropped', clock.now());
      return;
    }
    const call: SimulatedCall = new SimulatedCall(planned, parts, (outcome, atMs) => {
      open.delete(call);
      if (planned.next !== null) follow(planned, outcome, atMs);
    });
    open.add(call);
  };
  let followed = 0;
  const follow = ({ next }: PlannedRequest, outcome: Outcome, endedAtMs: Ms): void => {
    const following = next?.(endedAtMs, outcome) ?? null;
    if (following === null) return;
    clock.at(following.atMs, () => {
      followed++;
      send(following);
    });
  };
  // One after another: a million requests that wait in the queue of events would slow every other event down.
  const sendFrom = (index: number): void => {
    const planned = schedule[index];
    if (planned === undefined) return;
    clock.at(planned.atMs, () => {
      send(planned);
      sendFrom(index + 1);
    });
  };
  sendFrom(0);
  for (const [index, plan] of topology.routers.entries()) {
    playPathFaults({ scenario, topology: topologyFrom(topology, plan), parts: routers[index]!, open });
  }
  const pieceMs = Math.min(LOOK_MS, (REQUESTS_A_PIECE * 1000) / scenario.load.ratePerS);
  let isInterrupted = true;
  try {
    // Whether it is over is looked at on whole seconds alone: when a run ends does not depend on its pieces.
    while (clock.now() < endMs && (clock.now() < sendingMs || open.size > 0 || (floor !== null && floor.size > 0))) {
      const lookAtMs = Math.min(clock.now() + LOOK_MS, endMs);
      while (clock.now() < lookAtMs) {
        clock.runUntil(Math.min(clock.now() + pieceMs, lookAtMs));
        yield clock.now();
      }
    }
    isInterrupted = false;
  } finally {
    for (const call of open) call.cutOff(isInterrupted ? 'interrupted' : 'open');
    floor?.cutOff(isInterrupted ? 'interrupted' : 'open');
    emit(gaps.event('clients', clock.now()));
    for (const { engine } of nodes) engine.settleEnergy(clock.now());
    if (hasFollowers(schedule)) emit({ kind: 'followed', atMs: clock.now(), part: 'clients', requests: followed });
    emit({ kind: 'ended', atMs: clock.now(), isInterrupted });
  }
}

const LOOK_MS = 1000;

/** Some 50 ms of work. */
const REQUESTS_A_PIECE = 200;
