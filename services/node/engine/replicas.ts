import type { Sequence } from './sequence.ts';
import type { StepSource } from './step-source.ts';

/** What can be asked of the sequences of an engine, whoever plans their steps. */
export type Sequences<S extends Sequence> = Omit<
  StepSource<S>,
  'promptTokens' | 'started' | 'begin' | 'commit' | 'copy'
>;

/**
 * Replicas of a model behind one endpoint, as one. A request goes to the replica with the least 4 * waiting + running, the first
 * of equals. Source: `DPLBAsyncMPClient` of vLLM, whose counts are up to 100 ms old.
 */
export class Replicas<S extends Sequence> implements Sequences<S> {
  protected readonly replicas: readonly StepSource<S>[];

  constructor(replicas: readonly StepSource<S>[]) {
    this.replicas = replicas;
  }

  get runningCount(): number {
    return this.#sum(({ runningCount }) => runningCount);
  }

  get waitingCount(): number {
    return this.#sum(({ waitingCount }) => waitingCount);
  }

  get preemptions(): number {
    return this.#sum(({ preemptions }) => preemptions);
  }

  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return {
      queries: this.#sum(({ prefixCache }) => prefixCache.queries),
      hits: this.#sum(({ prefixCache }) => prefixCache.hits),
    };
  }

  get prefixHitShare(): number {
    return this.#sum(({ prefixHitShare }) => prefixHitShare) / this.replicas.length;
  }

  get kvUsage(): number {
    return this.#sum(({ kvUsage }) => kvUsage) / this.replicas.length;
  }

  get kvTokens(): number {
    return this.replicas[0]!.kvTokens;
  }

  firstWaiting(): S | undefined {
    let first: S | undefined;
    for (const replica of this.replicas) {
      const waiting = replica.firstWaiting();
      if (waiting !== undefined && (first === undefined || waiting.id < first.id)) first = waiting;
    }
    return first;
  }

  get promptTokensAhead(): number {
    return this.#sum(({ promptTokensAhead }) => promptTokensAhead);
  }

  pendingPromptTokens(): number {
    return this.#sum((replica) => replica.pendingPromptTokens());
  }

  add(sequence: S): void {
    sequence.replica = leastLoaded(this.replicas);
    this.replicas[sequence.replica]!.add(sequence);
  }

  remove(sequence: S): void {
    this.replicas[sequence.replica]!.remove(sequence);
  }

  mayDepart(sequence: S): boolean {
    return this.replicas[sequence.replica]!.mayDepart(sequence);
  }

  depart(sequence: S): void {
    this.replicas[sequence.replica]!.depart(sequence);
  }

  receive(sequence: S): number {
    sequence.replica = leastLoaded(this.replicas);
    return this.replicas[sequence.replica]!.receive(sequence);
  }

  join(sequence: S): void {
    this.replicas[sequence.replica]!.join(sequence);
  }

  forget(): void {
    for (const replica of this.replicas) replica.forget();
  }

  #sum(of: (replica: StepSource<S>) => number): number {
    return this.replicas.reduce((sum, replica) => sum + of(replica), 0);
  }
}

/** The place of the one with the least 4 * waiting + running, the first of equals. */
export const leastLoaded = (
  replicas: readonly Pick<StepSource<Sequence>, 'waitingCount' | 'runningCount'>[],
): number => {
  let place = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < replicas.length; index++) {
    const { waitingCount, runningCount } = replicas[index]!;
    const score = 4 * waitingCount + runningCount;
    if (score >= least) continue;
    least = score;
    place = index;
  }
  return place;
};
