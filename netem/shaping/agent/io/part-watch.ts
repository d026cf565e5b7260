import type { Attachment } from './attachment.ts';

export interface PartWatchOptions {
  readonly part: string;
  /** How the namespace was attached when the agent set up there, by network. */
  readonly attachments: ReadonlyMap<string, Attachment>;
  readonly attachmentTo: (network: string) => Attachment | null;
  /** When the part last started, as a wall-clock instant; null before it first did. */
  readonly birth: () => number | null;
}

/**
 * Watches whether the part beside an agent is still where the agent set up. When a part is restarted, Docker gives it a new
 * namespace and leaves the agent in an empty one. When it is connected to a network again, at another address, the setup of the
 * agent is no longer valid. In both cases the agent must end, so that Docker starts it where the part is. But it must not end
 * before the part is back: until then there is no namespace to start it in, and Docker gives up.
 */
export class PartWatch {
  readonly #options: PartWatchOptions;
  #birth: number | null;
  #left: string | null = null;

  constructor(options: PartWatchOptions) {
    this.#options = options;
    this.#birth = options.birth();
  }

  /** The network that the part has left, or null. Throws when the part is back: the agent must then start again. */
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
    this.#birth = born; // the mark may come late: while the part stays, the last one counts
    return this.#left;
  }
}

const told = ({ device, address }: Attachment): string => `${address} (${device})`;
