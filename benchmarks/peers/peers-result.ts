import type { PeerCase } from './case.ts';
import type { GcPauses } from './gc-pauses.ts';

/** One measurement of one proxy. Durations are in ms. */
export interface RoundFigures {
  /** From 0; measurements of one round stand beside each other. */
  readonly round: number;
  /** Requests or messages. */
  readonly count: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** How long its threads could have run and did not, because others had the core. */
  readonly waitedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Null for a proxy that is not on Node. */
  readonly pauses: GcPauses | null;
  /** Of the process that carries requests. */
  readonly residentMib: number;
}

/** Over all rounds; null where nothing was measured. */
export interface PooledLatency {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
}

export interface ProxyResult {
  readonly proxy: string;
  readonly rounds: readonly RoundFigures[];
  readonly latency: PooledLatency;
  /** Answers that were not as they must be, and what was wrong with the first; or why nothing was measured. */
  readonly faults: number;
  readonly firstFault: string | null;
  /** Null where the case does not measure it. */
  readonly held: HeldMemory | null;
}

/** Resident memory in MiB of the process that carries requests: after a few of them, and with all answers open; and then of all processes. */
export interface HeldMemory {
  readonly beforeMib: number;
  readonly heldMib: number;
  readonly allMib: number;
}

export interface CaseResult {
  readonly peerCase: PeerCase;
  /** `direct` is first: the load without a proxy. */
  readonly results: readonly ProxyResult[];
}

export interface PeersResult {
  readonly schema: 1;
  readonly command: string;
  /** ISO 8601. */
  readonly began: string;
  readonly minutes: number;
  readonly machine: string;
  readonly commit: string;
  /** By proxy and tool: what it says of its version. */
  readonly versions: Readonly<Record<string, string>>;
  /** The average of the minute before, at the start, at the end, and the highest at a round. */
  readonly load: { readonly first: number; readonly last: number; readonly highest: number };
  readonly pairs: number;
  readonly seconds: number;
  /** Resident memory of a Node that does nothing. */
  readonly emptyNodeMib: number;
  /** What was not measured, and why. */
  readonly skipped: readonly string[];
  readonly isInterrupted: boolean;
  readonly cases: readonly CaseResult[];
}

export const DIRECT = 'direct';
