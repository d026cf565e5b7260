import type { Ms } from '../time/clock.ts';

/** Which host ran it: in virtual time, over loopback relays, or in containers. */
export type HostKind = 'simulate' | 'local' | 'compose';

/**
 * How a request ended. `open`: the end of the run cut it off. `interrupted`: a run that was stopped early cut it off. `dropped`: never
 * sent, because too many were in flight.
 */
export type Outcome = (typeof OUTCOMES)[number];

/** Every outcome, in the order in which results list them. */
export const OUTCOMES = ['answered', 'failed', 'refused', 'cancelled', 'dropped', 'open', 'interrupted'] as const;

/** What a result is a result of: runs of one scenario file with equal keys differ by chance only. */
export interface RunKey {
  /** The name that results are compared by: the policy's name, unless the user gave its parameters another name. */
  readonly variant: string;
  readonly policy: string;
  /** The parameters of the policy, defaults included. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Counts from 1. */
  readonly repetition: number;
  /** Values from the command line that replace those of the scenario file. */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** What users expect of an answer, in milliseconds. */
export interface Objectives {
  readonly ttftMs: Ms;
  readonly tpotMs: Ms;
}

/**
 * The times between messages with content of one answer, as its client saw them: how many, and the longest. A gap above the
 * objective `slo.stallMs` is a stall: how many, and the time that they were above it, added up.
 */
export interface AnswerGaps {
  readonly n: number;
  readonly maxMs: Ms;
  readonly stalls: number;
  readonly overMs: Ms;
}

/** A key of a router's configuration that is another than it was; null where there is none. Lists and objects are JSON. */
export interface RouterChange {
  readonly key: string;
  readonly from: string | number | boolean | null;
  readonly to: string | number | boolean | null;
}

/**
 * One line of the log. Every part of a run emits these on every host, and every report is computed from them alone.
 * `atMs` is scenario time; `request` is the number of a request in the schedule.
 */
export type Event =
  /** Opens the section of one run; every line up to the next `run` belongs to it. */
  | {
      readonly kind: 'run';
      readonly atMs: Ms;
      readonly schema: 2;
      readonly key: RunKey;
      readonly scenario: string;
      /** SHA-256 of the scenario as it was run, after overrides: see `resolvedScenario`. */
      readonly hash: string;
      /** SHA-256 of the file's text and of the files that it names. */
      readonly fileHash: string;
      readonly host: HostKind;
      readonly shaper: string;
      /** What carried the bytes of the live router; left out in a simulation. */
      readonly dataPath?: string;
      /** Which satellites exist, and in which mode they are computed. */
      readonly constellation: string;
      /** What to know of the files that the scenario names, a line each: satellites not used, assumptions on recordings. */
      readonly remarks?: readonly string[];
      /** The profile of each node of the scenario, and the grade of its data: `h100-llama8b, grade B`. */
      readonly profiles: Readonly<Record<string, string>>;
      /** Who owns each node; left out in logs of earlier versions. */
      readonly providers?: Readonly<Record<string, string>>;
      /** The instant at which scenario time is 0: it places the slots of the constellation. Left out in logs of earlier versions. */
      readonly epochUnixMs?: number;
      /** Where the scenario has several routers: each by its name, with the clients that call it. */
      readonly routers?: Readonly<Record<string, { readonly site: string; readonly clients: readonly string[] }>>;
      /** What the router may know of the paths ahead of time, as in the scenario. */
      readonly knowledge: Readonly<Record<string, unknown>>;
      /** The commit of the code, with a + where files differ from it; null where it is not known. */
      readonly commit: string | null;
      readonly ratePerS: number;
      readonly warmUpMs: Ms;
      /** How long requests are sent. */
      readonly durationMs: Ms;
      /** How many requests the schedule has, numbered from 0. */
      readonly requests: number;
      /** How many more may follow the answers to others, under the numbers from there on; left out where none may. */
      readonly mayFollow?: number;
      readonly slo: Objectives & {
        /** A gap above it between two messages of an answer is a stall; not there in older logs. */
        readonly stallMs?: Ms;
        /** Of requests of a class that has its own. */
        readonly byClass?: Readonly<Record<string, Objectives>>;
      };
    }
  /** The client sent it, or dropped it without sending. */
  | {
      readonly kind: 'sent';
      readonly atMs: Ms;
      readonly request: number;
      readonly client: string;
      readonly intendedAtMs: Ms;
      readonly promptTokens: number;
      readonly outputTokens: number;
      /** What it belongs to; each is left out where it has none. Turns count from 1. */
      readonly class?: string;
      readonly tenant?: string;
      readonly model?: string;
      readonly session?: string;
      readonly turn?: number;
    }
  /** The router chose an endpoint for one attempt; `expectedMs` is the policy's cost of it, if the policy has one. */
  | {
      readonly kind: 'routed';
      readonly atMs: Ms;
      readonly request: number;
      readonly attempt: number;
      readonly endpoint: string;
      /** Which router chose, where the scenario has several. */
      readonly router?: string;
      readonly expectedMs?: number;
      /** Why it is not the first: see `AttemptCause` of routers. Left out for the first, and in logs of earlier versions. */
      readonly cause?: 'retry' | 'transparent' | 'hedge' | 'time-out' | 'moved';
    }
  /** Two attempts of the request were open at once, and the first message came over this one: the other was cancelled, or had failed. */
  | { readonly kind: 'won'; readonly atMs: Ms; readonly request: number; readonly attempt: number }
  /**
   * The router had no room for a request, which then waited for `waitedMs`, up to now. `placed`: it went to an endpoint, or there is none
   * any more. `full`: it was refused, as the queue was full or needed for another. `timeout`: it waited as long as it may. `gone`: its client
   * left, or its deadline passed.
   */
  | {
      readonly kind: 'waited';
      readonly atMs: Ms;
      readonly request: number;
      readonly waitedMs: Ms;
      readonly end: 'placed' | 'full' | 'timeout' | 'gone';
      readonly router?: string;
    }
  /** The node has read the whole request. `attempt` is the router's number of it. */
  | {
      readonly kind: 'received';
      readonly atMs: Ms;
      readonly request: number;
      readonly attempt: number;
      readonly node: string;
    }
  /** The engine scheduled the first chunk of the request: the time before that is queueing. */
  | {
      readonly kind: 'scheduled';
      readonly atMs: Ms;
      readonly request: number;
      readonly attempt: number;
      readonly node: string;
      /** Tokens of its prompt that were in the prefix cache; left out where none was. */
      readonly cachedTokens?: number;
    }
  /** The engine finished the request, successfully or not. */
  | {
      readonly kind: 'served';
      readonly atMs: Ms;
      readonly request: number;
      readonly attempt: number;
      readonly node: string;
      readonly outcome: Outcome;
      readonly tokens: number;
    }
  /** The first message with content reached the client. */
  | { readonly kind: 'first-token'; readonly atMs: Ms; readonly request: number }
  /**
   * The request ended, as the client saw it. `status` is the gRPC status name, `reason` one line for a person. Its last token
   * came at `lastTokenAtMs`; the status comes later.
   */
  | {
      readonly kind: 'finished';
      readonly atMs: Ms;
      readonly request: number;
      readonly outcome: Outcome;
      readonly tokens: number;
      readonly lastTokenAtMs?: Ms;
      /** Left out where the answer had fewer than two messages with content. */
      readonly gaps?: AnswerGaps;
      /** How often its client sent it again; left out where it did not. What routers log of that is under other numbers. */
      readonly retries?: number;
      readonly status: string;
      readonly reason?: string;
    }
  /**
   * All gaps between two messages with content of one answer, over the requests of one process of clients that were intended after the
   * warm-up; once a run. `buckets` are those of a `Histogram`: processes add up. `part` names the process.
   */
  | {
      readonly kind: 'gaps';
      readonly atMs: Ms;
      readonly part: string;
      readonly buckets: readonly number[];
      readonly maxUs: number;
    }
  /** The state of one direction of a path from now on. */
  | {
      readonly kind: 'link';
      readonly atMs: Ms;
      readonly link: string;
      readonly up: boolean;
      readonly delayUs: number;
      readonly jitterUs: number;
      readonly lossRate: number;
      readonly rateKbps: number;
      /** Loss in bursts besides, as netem's gemodel: `p`, `r`, `1-h`, `1-k`. */
      readonly burst?: {
        readonly p: number;
        readonly r: number;
        readonly lossInBad: number;
        readonly lossInGood: number;
      };
      /** The bound of the queue before the rate. */
      readonly queue?: { readonly limit: number; readonly unit: 'ms' | 'bytes'; readonly drop: 'tail' | 'front' };
    }
  /** A small message sent at `atMs` came back over both directions of a path. The planned delay is in the `link` events. */
  | { readonly kind: 'probe'; readonly atMs: Ms; readonly path: string; readonly rttMs: Ms }
  /**
   * Of the probes of a path that were due from `atMs` to `untilMs`, `lost` have no answer: none came in time, the connection
   * ended first, or there was no connection to send them on. Whether the path was planned to be down is in the `link` events.
   */
  | {
      readonly kind: 'probes-lost';
      readonly atMs: Ms;
      readonly untilMs: Ms;
      readonly path: string;
      readonly lost: number;
    }
  /** How many requests of the run followed the answers to others, as far as one process of clients sent or dropped them; once a run, where some may. */
  | { readonly kind: 'followed'; readonly atMs: Ms; readonly part: string; readonly requests: number }
  /**
   * How well one process of the load generator kept its times, once a run: what it was to send and sent, how much later than intended,
   * how long its event loop waited, and how much of its time that loop was busy (0 to 1). `taxP50Ms` and `taxP99Ms` are the time to first
   * message of calls to a server that does nothing, in that process before the run: what the client itself adds.
   */
  | {
      readonly kind: 'generator';
      readonly atMs: Ms;
      /** Left out in older logs, which have one process. */
      readonly part?: string;
      readonly transport?: string;
      readonly offered: number;
      readonly sent: number;
      readonly lagP50Ms: number;
      readonly lagP99Ms: number;
      readonly eventLoopP99Ms: number;
      readonly busyShare?: number;
      readonly cpuMs: number;
      readonly taxP50Ms?: number;
      readonly taxP99Ms?: number;
    }
  /**
   * How well a live node kept its own step clock, once a run, after the warm-up: how much later than due its steps ended (0
   * without steps), and the longest time in which its event loop did not run.
   */
  | {
      readonly kind: 'lateness';
      readonly atMs: Ms;
      readonly node: string;
      readonly steps: number;
      readonly lateP50Ms: Ms;
      readonly lateP99Ms: Ms;
      readonly lateMaxMs: Ms;
      readonly longestSilenceMs: Ms;
    }
  /**
   * How long the event loop of a part that all messages pass waited, once a run, after the warm-up: what 99 of 100 moments waited at
   * most, and the longest.
   */
  | {
      readonly kind: 'event-loop';
      readonly atMs: Ms;
      readonly part: string;
      readonly waitP99Ms: Ms;
      readonly longestSilenceMs: Ms;
    }
  /** A part opened or closed its log. The disk did not take `lost` events; without a last line `closed` more are missing. */
  | {
      readonly kind: 'log';
      readonly atMs: Ms;
      readonly part: string;
      readonly state: 'opened' | 'closed';
      readonly lost: number;
    }
  /** A node, a path or the router was made to misbehave on purpose, or the fault ended. */
  | ({
      readonly kind: 'injected';
      readonly atMs: Ms;
      readonly fault: string;
      readonly state: 'began' | 'ended';
    } & ({ readonly node: string } | { readonly path: string } | { readonly router: true | string }))
  /** A router goes on with another configuration, which was loaded while it ran; what it was told at the start is in the scenario. */
  | {
      readonly kind: 'reloaded';
      readonly atMs: Ms;
      /** Which one, where the scenario has several. */
      readonly router?: string;
      readonly changes: readonly RouterChange[];
    }
  /** A fault of the scenario's timeline that this host cannot play, or not as the others do; once a run, before it. */
  | {
      readonly kind: 'not-played';
      readonly atMs: Ms;
      /** Of whom: `node ashburn`, `path ashburn/fibre`, `router`. */
      readonly of: string;
      readonly fault: string;
      readonly reason: string;
    }
  /**
   * What a live node is to its clients from now on, and why: an order, its scenario, its power or a fault. It serves without a
   * cause. Told at each change, and at the start of a run where it does not serve.
   */
  | {
      readonly kind: 'condition';
      readonly atMs: Ms;
      readonly node: string;
      readonly condition: 'serving' | 'starting' | 'draining' | 'unwell';
      readonly cause: 'order' | 'scenario' | 'power' | 'fault' | null;
    }
  /**
   * What a node used in the `durationMs` before `atMs`, about once a busy second and at the end. Energy and tokens are those of
   * the device; money and carbon are those of the site that supplies it, null where they are not configured.
   */
  | {
      readonly kind: 'energy';
      readonly atMs: Ms;
      readonly node: string;
      readonly durationMs: Ms;
      readonly joules: number;
      readonly promptTokens: number;
      readonly outputTokens: number;
      readonly usd: number | null;
      readonly gCo2: number | null;
      /** Parts of that time: computing, computing under a cap, computing while too hot, and without power. */
      readonly busyMs: Ms;
      readonly cappedMs: Ms;
      readonly throttledMs: Ms;
      readonly outMs: Ms;
      readonly maxTempC: number | null;
      /** How full the node's battery is at the end, 0 to 1. */
      readonly batteryShare: number | null;
    }
  /** The last line of a run; without it the log was cut off. `interrupted` says whether somebody stopped the run early. */
  | { readonly kind: 'ended'; readonly atMs: Ms; readonly isInterrupted: boolean }
  /** A part of the run stopped that should not have. */
  | { readonly kind: 'fault'; readonly atMs: Ms; readonly part: string; readonly reason: string };

/** The line that opens a run, with the key of the run. */
export type RunEvent = Extract<Event, { kind: 'run' }>;

/** Where events go. Emitting never fails and never waits. */
export type EventSink = (event: Event) => void;
