import type { Ipv4Block } from '../../core/net/ipv4-block.ts';
import type { DockerFacts } from './docker-facts.ts';
import type { KernelNetem } from './kernel-netem.ts';

/** The result of a probe: an answer, or the reason why there is none. */
export type Probed<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The facts about the machine, not judged yet. */
export interface Facts {
  readonly runtime: Probed<RuntimeFacts>;
  readonly processor: Probed<ProcessorFacts>;
  readonly memory: Probed<{ readonly availableBytes: number }>;
  readonly disk: Probed<DiskFacts>;
  readonly clock: Probed<ClockFacts>;
  readonly timers: Probed<TimerFacts>;
  /** Whether this process may shape networks (CAP_NET_ADMIN); false on systems without this capability. */
  readonly netAdmin: Probed<boolean>;
  readonly kernel: Probed<KernelFacts>;
  readonly docker: Probed<DockerFacts>;
  /** The output of `docker compose version --short`. */
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
  /** Load average: runnable processes over the last minute; null when the system does not report it. */
  readonly load: number | null;
}

export interface DiskFacts {
  readonly folder: string;
  readonly freeBytes: number;
  readonly isWritable: boolean;
}

export interface ClockFacts {
  /** Range of the offset between the wall clock and the monotonic one while it was observed, in milliseconds. */
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
  /** Why nothing can listen on it, such as `EADDRINUSE`; null when it is free. */
  readonly refusal: string | null;
}

/** Addresses that an interface or a route of this machine uses. */
export interface TakenBlock {
  readonly device: string;
  readonly block: Ipv4Block;
}
