import type { Event, RunEvent } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { AttemptTable } from './attempt-table.ts';
import { EnergyTally } from './energy-tally.ts';
import { GapTally } from './gap-tally.ts';
import type { GeneratorEvent } from './generator-figures.ts';
import { LinkPlan } from './link-plan.ts';
import { NodeChanges } from './node-changes.ts';
import { ProbeTally } from './probe-tally.ts';
import { RequestTable } from './request-table.ts';
import { runFigures } from './run-figures.ts';
import type { RunFigures } from './summary-schema.ts';
import { WaitTally } from './wait-tally.ts';

type LatenessEvent = Extract<Event, { kind: 'lateness' }>;
type EventLoopEvent = Extract<Event, { kind: 'event-loop' }>;
type InjectedEvent = Extract<Event, { kind: 'injected' }>;
type NotPlayedEvent = Extract<Event, { kind: 'not-played' }>;
type ReloadedEvent = Extract<Event, { kind: 'reloaded' }>;
type EndedEvent = Extract<Event, { kind: 'ended' }>;

/**
 * Adds up one run, an event at a time: about 100 bytes a request, 48 a change of a link, 16 a probe, and nothing else grows
 * with the log. Events may come in any order, and the tallies of two parts of one run merge into that of the whole.
 */
export class RunTally {
  readonly run: RunEvent;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly links = new LinkPlan();
  readonly probes = new ProbeTally();
  readonly energy = new EnergyTally();
  readonly gaps = new GapTally();
  readonly waits = new WaitTally();
  readonly nodes = new NodeChanges();
  /** How often each fault was logged. */
  readonly faults = new Map<string, number>();
  /** What each node logged about its own step clock. */
  readonly lateness: LatenessEvent[] = [];
  /** What each router and relay logged about its event loop. */
  readonly eventLoops: EventLoopEvent[] = [];
  /** What went wrong on purpose, and what could not. */
  readonly injected: InjectedEvent[] = [];
  readonly notPlayed: NotPlayedEvent[] = [];
  /** What routers were told anew while they ran. */
  readonly reloaded: ReloadedEvent[] = [];
  /** What each process of the load logged about itself. */
  readonly generators: GeneratorEvent[] = [];
  /** Requests that followed the answers to others. */
  followed = 0;
  /** Null until the log says that the run ended. */
  ended: EndedEvent | null = null;

  constructor(run: RunEvent) {
    this.run = run;
    this.requests = new RequestTable(run.requests, run.mayFollow);
    this.attempts = new AttemptTable(run.requests, run.mayFollow);
  }

  add(event: Event): void {
    switch (event.kind) {
      case 'sent':
      case 'first-token':
      case 'finished':
        this.requests.add(event);
        break;
      case 'routed':
      case 'won':
      case 'received':
      case 'scheduled':
      case 'served':
        this.attempts.add(event);
        break;
      case 'link':
        this.links.add(event);
        break;
      case 'probe':
        this.probes.add(event);
        break;
      case 'probes-lost':
        this.probes.addLost(event);
        break;
      case 'lateness':
        this.lateness.push(event);
        break;
      case 'event-loop':
        this.eventLoops.push(event);
        break;
      case 'energy':
        this.energy.add(event);
        break;
      case 'gaps':
        this.#addGaps(event);
        break;
      case 'waited':
        this.waits.add(event);
        break;
      case 'condition':
        this.nodes.add(event);
        break;
      case 'generator':
        this.generators.push(event);
        break;
      case 'followed':
        this.followed += event.requests;
        break;
      case 'ended':
        this.ended = event;
        break;
      case 'injected':
        this.injected.push(event);
        break;
      case 'not-played':
        this.notPlayed.push(event);
        break;
      case 'reloaded':
        this.reloaded.push(event);
        break;
      case 'fault':
        this.#addFault(`${event.part} ${event.reason}`, 1);
        break;
    }
  }

  merge(other: RunTally): void {
    this.requests.merge(other.requests);
    this.attempts.merge(other.attempts);
    this.links.merge(other.links);
    this.probes.merge(other.probes);
    this.energy.merge(other.energy);
    this.gaps.merge(other.gaps);
    this.waits.merge(other.waits);
    this.nodes.merge(other.nodes);
    for (const [fault, times] of other.faults) this.#addFault(fault, times);
    this.lateness.push(...other.lateness);
    this.eventLoops.push(...other.eventLoops);
    this.injected.push(...other.injected);
    this.notPlayed.push(...other.notPlayed);
    this.reloaded.push(...other.reloaded);
    this.generators.push(...other.generators);
    this.followed += other.followed;
    this.ended ??= other.ended;
  }

  /** The figures so far. */
  figures(): RunFigures {
    return runFigures(this);
  }

  /** The time that requests were measured for: from the end of the warm-up to the end of sending, or of the run if that is first. */
  get measuredMs(): Ms {
    const { durationMs, warmUpMs } = this.run;
    return Math.max(0, Math.min(durationMs, this.ended?.atMs ?? durationMs) - warmUpMs);
  }

  #addGaps(event: Extract<Event, { kind: 'gaps' }>): void {
    try {
      this.gaps.add(event);
    } catch (error) {
      this.#addFault(`${event.part} logged gaps that cannot be added up: ${(error as Error).message}`, 1);
    }
  }

  #addFault(fault: string, times: number): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + times);
  }
}
