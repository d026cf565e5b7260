import type { Sharing } from '../io/address.ts';
import type { RouterHealth } from '../io/measured-data-path.ts';
import type { StandalonePlan } from './standalone-plan.ts';

/** What the process in front asks of a worker, by name, with what it sends along and what comes back. */
export interface WorkerOrders {
  /** Comes first; the answer is the port. */
  readonly serve: {
    readonly body: {
      readonly plan: StandalonePlan;
      readonly port: number;
      readonly sharing: Sharing;
      /** Counts from 0; it is the same for the process that replaces this one. */
      readonly worker: number;
    };
    readonly answer: number;
  };
  readonly reload: { readonly body: StandalonePlan; readonly answer: null };
  readonly metrics: { readonly body: null; readonly answer: string };
  /** The worker ends after its answer. */
  readonly drain: { readonly body: { readonly limitMs: number }; readonly answer: null };
}

export type ToWorker = {
  [Name in keyof WorkerOrders]: {
    readonly id: number;
    readonly order: Name;
    readonly body: WorkerOrders[Name]['body'];
  };
}[keyof WorkerOrders];

export type FromWorker =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string }
  /** Sent whenever it is another. */
  | { readonly kind: 'health'; readonly health: RouterHealth };
