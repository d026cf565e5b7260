import type { Ms } from '../../../core/time/clock.ts';
import type { NodePower } from '../power/node-power.ts';
import { type Batch, EMPTY_BATCH } from './step-time.ts';

/** What a step loop needs of the power of its node. */
export type StepPower = Pick<NodePower, 'begin' | 'made' | 'idle'>;

/**
 * The power of a node with several replicas, of which each steps for itself or all together. They draw as if the work of all were
 * spread evenly over them: with a curve that bends, a few per cent more than they really would.
 */
export class SharedPower {
  readonly #power: NodePower;
  readonly #replicas: number;
  /** Tokens and sequences of the open steps, by step loop; 0 where there is none. */
  readonly #tokens: number[];
  readonly #sequences: number[];
  readonly #mean = { ...EMPTY_BATCH };

  constructor(power: NodePower, { replicas, loops }: { readonly replicas: number; readonly loops: number }) {
    this.#power = power;
    this.#replicas = replicas;
    this.#tokens = Array.from({ length: loops }, () => 0);
    this.#sequences = Array.from({ length: loops }, () => 0);
  }

  /** The part of one step loop. */
  of(loop: number): StepPower {
    return {
      begin: (startMs, { tokens, sequences }) => {
        this.#tokens[loop] = tokens;
        this.#sequences[loop] = sequences;
        return this.#power.begin(startMs, this.#meanBatch());
      },
      made: (promptTokens, outputTokens) => this.#power.made(promptTokens, outputTokens),
      idle: (atMs: Ms) => {
        this.#tokens[loop] = this.#sequences[loop] = 0;
        const mean = this.#meanBatch();
        if (mean.sequences === 0) this.#power.idle(atMs);
        else this.#power.begin(atMs, mean);
      },
    };
  }

  #meanBatch(): Batch {
    const mean = this.#mean;
    mean.tokens = mean.sequences = 0;
    for (let loop = 0; loop < this.#tokens.length; loop++) {
      mean.tokens += this.#tokens[loop]! / this.#replicas;
      mean.sequences += this.#sequences[loop]! / this.#replicas;
    }
    return mean;
  }
}
