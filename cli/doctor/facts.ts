import type { Ipv4Block } from '../../core/net/ipv4-block.ts';
import type { DockerFacts } from './docker-facts.ts';
import type { KernelNetem } from './kernel-netem.ts';

/** What a probe brought back: an answer, or why there is none. */
export type Probed<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What was seen of the machine, before any judgement. */
export interface Facts {
  readonly runtime: Probed<RuntimeFacts>;
  readonly processor: Probed<ProcessorFacts>;
  readonly memory: Probed<{ readonly availableBytes: number }>;
  readonly disk: Probed<DiskFacts>;
  readonly clock: Probed<ClockFacts>;
  readonly timers: Probed<TimerFacts>;
  /** Whether this process may shape networks (CAP_NET_ADMIN); false where the system has no such thing. */
  readonly netAdmin: Probed<boolean>;
  readonly kernel: Probed<KernelFacts>;
  readonly docker: Probed<DockerFacts>;
  /** What `docker compose version --short` printed. */
  readonly compose: Probed<string>;
  readonly ports: Probed<readonly PortFacts[]>;
  readonly networks: Probed<readonly TakenBlock[]>;
}

export interface RuntimeFacts {
  readonly version: string;
  /** The version that `npm ci` installs. */
  readonly pinned: string;
  readonly platform: string;
  readonly arch: string;
}

export interface ProcessorFacts {
  readonly cores: number;
  /** Processes that wanted to run, averaged over the last minute; null where the system does not count them. */
  readonly load: number | null;
}

export interface DiskFacts {
  readonly folder: string;
  readonly freeBytes: number;
  readonly isWritable: boolean;
}

export interface ClockFacts {
  /** How far the wall clock moved against the monotonic one while we looked, between its extremes, in milliseconds. */
  readonly movedMs: number;
  readonly watchedMs: number;
  readonly isSynchronised: Probed<boolean>;
}

/** How late the timers of a live run fire here. */
export interface TimerFacts {
  readonly timers: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface KernelFacts {
  readonly platform: string;
  readonly release: string;
  readonly netem: KernelNetem;
}

export interface PortFacts {
  readonly port: number;
  readonly what: string;
  /** Why it cannot be listened on, such as `EADDRINUSE`; null when it can. */
  readonly refusal: string | null;
}

/** Addresses that an interface or a route of this machine uses. */
export interface TakenBlock {
  readonly device: string;
  readonly block: Ipv4Block;
}
