import type { EndpointTable } from '../../endpoint/endpoint-table.ts';
import { newKnownBlocks } from '../../http2/known-blocks.ts';
import { servedBy } from '../served-by.ts';
import { FieldView } from './field-view.ts';
import { Flusher } from './flusher.ts';
import type { SessionOptions } from './frame-session.ts';
import { HeldBudget } from './held-budget.ts';
import { ownFields, type PassedFields } from './passed-fields.ts';

/** What the connections and requests of one data path share. */
export class FrameCore {
  readonly clients: Omit<SessionOptions, 'socket'>;
  readonly nodes: Omit<SessionOptions, 'socket'>;
  /** What is held of bodies. */
  readonly held: HeldBudget;
  /** For a list that is read at once. */
  readonly view = new FieldView();
  readonly #served = new WeakMap<EndpointTable, PassedFields[][]>();

  /** `heldBytes`: see `HeldBudget`. */
  constructor(heldBytes: number) {
    this.held = new HeldBudget(heldBytes);
    const flusher = new Flusher();
    this.clients = { flusher, blocks: newKnownBlocks(BLOCKS_BYTES) };
    this.nodes = { flusher, blocks: newKnownBlocks(BLOCKS_BYTES) };
  }

  /** The fields that tell who served, over which medium and at which attempt, encoded once for each. */
  servedBy(endpoints: EndpointTable, endpoint: number, attempt: number): PassedFields {
    let served = this.#served.get(endpoints);
    if (served === undefined) {
      served = [];
      this.#served.set(endpoints, served);
    }
    served[endpoint] ??= [];
    const byAttempt = served[endpoint];
    byAttempt[attempt] ??= ownFields(servedBy(endpoints, endpoint, attempt));
    return byAttempt[attempt];
  }
}

/** What is kept of blocks that were decoded, of clients and of nodes. */
const BLOCKS_BYTES = 4 << 20;
