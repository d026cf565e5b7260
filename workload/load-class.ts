import type { Objectives } from '../core/event/event.ts';
import type { RngSource } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { type ClassConfig, classSchema, kindOf } from './kind/registry.ts';
import type { Turn } from './kind/workload-kind.ts';
import { ON_ITS_OWN, type PlannedRequest } from './schedule.ts';
import { prefixAt, type Trace } from './trace/trace.ts';

/** A session of a class, drawn. */
export interface Session {
  /** Unique in the run, also where its requests do not say that they belong together. */
  readonly name: string;
  readonly turns: readonly Turn[];
}

/** What of a planned request its session says. */
export type AskedInTurn = Omit<PlannedRequest, 'id' | 'atMs' | 'client' | 'next'>;

/** The classes of a load by name; a load without classes is one, without a name, with the lengths of the trace. */
export const loadClasses = (
  classes: Readonly<Record<string, ClassConfig>> | undefined,
): ReadonlyMap<string, ClassConfig> =>
  new Map(classes === undefined ? [['', classSchema.parse({ kind: 'trace' })]] : Object.entries(classes));

/** One class of a load: draws its sessions. */
export class LoadClass {
  readonly name: string;
  readonly config: ClassConfig;
  readonly objectives: Objectives;
  /** The longest answer. */
  readonly maxOutputTokens: number;
  readonly #trace: Trace;
  readonly #firstRow: number;
  readonly #rng: RngSource;

  constructor(
    name: string,
    config: ClassConfig,
    of: {
      readonly maxOutputTokens: number;
      readonly objectives: Objectives;
      readonly trace: Trace;
      readonly rng: RngSource;
    },
  ) {
    this.name = name;
    this.config = config;
    this.objectives = { ...of.objectives, ...config.slo };
    this.maxOutputTokens = of.maxOutputTokens;
    this.#trace = of.trace;
    this.#rng = of.rng;
    this.#firstRow = of.rng(`trace/${name}`).below(of.trace.arrivalS.length);
  }

  get isInTurn(): boolean {
    return kindOf(this.config).order === 'in-turn';
  }

  /** The same class with other draws. */
  with(rng: RngSource): LoadClass {
    const { name, config, maxOutputTokens, objectives } = this;
    return new LoadClass(name, config, { maxOutputTokens, objectives, trace: this.#trace, rng });
  }

  /** Whether its requests come together and wait for no answer. */
  get isAtOnce(): boolean {
    return kindOf(this.config).order === 'at-once';
  }

  /** The session of that number, the same each time: users have numbers of their own. */
  session(number: number, user = ''): Session {
    const name = `${this.name === '' ? 'user' : this.name}-${user}${number}`;
    let row = this.#firstRow + number;
    const turns = kindOf(this.config).session(this.config, {
      rng: this.#rng(`session/${name}`),
      className: this.name,
      session: name,
      maxOutputTokens: this.maxOutputTokens,
      traceRow: () => this.#rowAt(row++),
    });
    return { name, turns };
  }

  asked({ name, turns }: Session, turn: number): AskedInTurn {
    const { promptTokens, outputTokens, prefix } = turns[turn]!;
    return {
      ...ON_ITS_OWN,
      promptTokens,
      outputTokens,
      maxOutputTokens: this.maxOutputTokens,
      model: this.config.model ?? '',
      class: this.name,
      priority: this.config.priority,
      tenant: this.config.tenant ?? '',
      session: this.isInTurn ? name : '',
      turn: this.isInTurn ? turn + 1 : 0,
      prefix,
    };
  }

  /** When each request of a session is sent after its first, if each answer just meets the objectives. */
  nominalMs(turns: readonly Turn[]): readonly Ms[] {
    if (this.isAtOnce) return turns.map(() => 0);
    let atMs = 0;
    return turns.map(({ pauseMs }, turn) => {
      if (turn > 0) atMs += this.answerMs(turns[turn - 1]!) + pauseMs;
      return atMs;
    });
  }

  /** How long an answer takes that just meets the objectives. */
  answerMs({ outputTokens }: Turn): Ms {
    return this.objectives.ttftMs + (outputTokens - 1) * this.objectives.tpotMs;
  }

  #rowAt(row: number): Pick<Turn, 'promptTokens' | 'outputTokens' | 'prefix'> {
    const { promptTokens, outputTokens, arrivalS } = this.#trace;
    const at = row % arrivalS.length;
    return { promptTokens: promptTokens[at]!, outputTokens: outputTokens[at]!, prefix: prefixAt(this.#trace, row) };
  }
}
