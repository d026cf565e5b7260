import type { Attachment } from './attachment.ts';

export interface PartWatchOptions {
  readonly part: string;
  /** How the namespace was attached when the agent set up there, by network. */
  readonly attachments: ReadonlyMap<string, Attachment>;
  readonly attachmentTo: (network: string) => Attachment | null;
  /** When the part last came up, as an instant of the wall clock; null before it first did. */
  readonly birth: () => number | null;
}

/**
 * Whether the part beside an agent is still where the agent set up. When a part is started anew, Docker gives it a new
 * namespace and leaves the agent in an empty one; when it is put on a network again, at another address, nothing that was
 * set up holds there. Either way the agent has to end, so that Docker starts it where the part is; but not before the part
 * is back, for until then there is no namespace to start it in, and Docker gives up.
 */
export class PartWatch {
  readonly #options: PartWatchOptions;
  #birth: number | null;
  #left: string | null = null;

  constructor(options: PartWatchOptions) {
    this.#options = options;
    this.#birth = options.birth();
  }

  /** The network that the part has left, or null. Throws when the part is back, and the agent has to begin anew. */
  look(): string | null {
    const { part, attachments, attachmentTo, birth } = this.#options;
    for (const [network, was] of attachments) {
      const now = attachmentTo(network);
      if (now === null) {
        this.#left ??= network;
      } else if (now.device !== was.device || now.address !== was.address) {
        throw new Error(`${part} moved on the network ${network}, from ${told(was)} to ${told(now)}`);
      } else if (this.#left === network) {
        throw new Error(`${part} is back on the network ${network}`);
      }
    }
    const born = birth();
    if (this.#left !== null && born !== this.#birth) throw new Error(`${part} came up again`);
    this.#birth = born; // a mark of its birth may come late: while all is well, the last one counts
    return this.#left;
  }
}

const told = ({ device, address }: Attachment): string => `${address} (${device})`;
