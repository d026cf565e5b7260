import type { Scenario } from '../../../scenario/scenario.ts';
import type { LoadProgress } from '../../../services/client/io/load-generator.ts';
import { loadShares } from '../../../services/client/load-shares.ts';
import type { LoadSetup } from '../../part-setup.ts';
import { Part } from './part.ts';

/** A process of the load, and the clients that it sends for. */
interface LoadProcess {
  readonly clients: readonly string[];
  readonly part: Part<LoadSetup, null, LoadProgress>;
  progress: LoadProgress;
}

/**
 * The processes of the load of a local run, each with its share of the clients. One that dies takes nothing from the others: they go
 * on, and what they measure is kept.
 */
export class LocalLoad {
  readonly #processes: readonly LoadProcess[];
  /** Hears what all together have done. */
  onProgress: ((progress: LoadProgress) => void) | null = null;
  /** Hears of a process that died. */
  onLost: ((name: string, reason: string) => void) | null = null;

  /** Starts every process. */
  constructor({ clients, load }: Pick<Scenario, 'clients' | 'load'>) {
    const weights = Object.entries(clients).map(([name, { share }]) => ({ name, share }));
    const shares = loadShares(weights, load.processes);
    this.#processes = shares.map((own, index) => ({
      clients: own,
      part: new Part(shares.length === 1 ? 'load generator' : `load generator ${index + 1}`, 'parts/load.ts'),
      progress: { sent: 0, ended: 0, answered: 0 },
    }));
  }

  get parts(): readonly LoadProcess['part'][] {
    return this.#processes.map(({ part }) => part);
  }

  /** Connects each process to the ports of its clients, and has it measure itself. Rejects when one cannot. */
  async configure(
    ports: Readonly<Record<string, number>>,
    setupOf: (part: { readonly name: string }) => Pick<LoadSetup, 'scenario' | 'events'>,
  ): Promise<void> {
    await Promise.all(
      this.#processes.map(({ part, clients }) =>
        part.configure({
          ...setupOf(part),
          part: part.name,
          ports: Object.fromEntries(clients.map((client) => [client, ports[client]!])),
        }),
      ),
    );
  }

  /** Passes on what is heard of the processes; call it when the run begins. */
  follow(): void {
    for (const process of this.#processes) {
      process.part.onLost = (reason) => this.onLost?.(process.part.name, reason);
      process.part.onProgress = (progress) => {
        process.progress = progress;
        this.onProgress?.(this.#progress);
      };
    }
  }

  /** Resolves when every process has sent all and has all answers, or has died. */
  async done(): Promise<void> {
    await Promise.allSettled(this.#processes.map(({ part }) => part.done()));
  }

  get #progress(): LoadProgress {
    const sum = { sent: 0, ended: 0, answered: 0 };
    for (const { progress } of this.#processes) {
      sum.sent += progress.sent;
      sum.ended += progress.ended;
      sum.answered += progress.answered;
    }
    return sum;
  }
}
