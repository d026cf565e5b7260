import type { EventSink } from '../../../core/event/event.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { playPathFaults } from '../../../hosts/simulate/path-faults.ts';
import { unplayedFaults } from '../../../hosts/unplayed-faults.ts';
import { emitLinkChanges } from '../../../netem/links/model/link-events.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { linksOf, type Topology } from '../../../scenario/topology.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { ReferenceCall } from './reference-call.ts';
import { referenceParts } from './reference-parts.ts';

/**
 * The simulator as it was before tokens stopped being events, for tests alone: the same router, engines, nodes and links, and an
 * event of one clock for each message. It is slow, and plain: what it answers is what `simulate` must answer.
 */
export function* referenceSimulation(options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly schedule: Schedule;
  readonly policy: string;
  readonly emit: EventSink;
}): Generator<Ms> {
  const { scenario, topology, schedule, emit } = options;
  const parts = referenceParts(options);
  const { clock } = parts;
  for (const unplayed of unplayedFaults(scenario, 'simulate')) emit(unplayed);
  const sendingMs = scenario.durationS * 1000;
  const endMs = sendingMs + scenario.drainS * 1000;
  for (const [name, links] of linksOf(topology)) {
    emitLinkChanges(`${name}/forward`, links.forward, { clock, emit, untilMs: endMs });
    emitLinkChanges(`${name}/back`, links.back, { clock, emit, untilMs: endMs });
  }
  const open = new Set<ReferenceCall>();
  parts.router.health?.listen((nowMs) => {
    for (const call of [...open]) call.onHealthChange(nowMs);
  });
  for (const planned of schedule) {
    clock.at(planned.atMs, () => {
      if (open.size >= scenario.load.maxInFlight) {
        ReferenceCall.drop(planned, parts);
        return;
      }
      const call: ReferenceCall = new ReferenceCall(planned, parts, () => open.delete(call));
      open.add(call);
    });
  }
  playPathFaults({ scenario, topology, parts, open });
  let isInterrupted = true;
  try {
    while (clock.now() < endMs && (clock.now() < sendingMs || open.size > 0)) {
      clock.runUntil(Math.min(clock.now() + PROGRESS_MS, endMs));
      yield clock.now();
    }
    isInterrupted = false;
  } finally {
    for (const call of open) call.cutOff(isInterrupted ? 'interrupted' : 'open');
    for (const { engine } of new Set(parts.nodeOf)) engine.settleEnergy(clock.now());
    emit({ kind: 'ended', atMs: clock.now(), isInterrupted });
  }
}

const PROGRESS_MS = 1000;
