import type { Attachment } from './attachment.ts';

export interface PartWatchOptions {
  readonly part: string;
  /** How the namespace was attached when the agent set up there, by network. */
  readonly attachments: ReadonlyMap<string, Attachment>;
  readonly attachmentTo: (network: string) => Attachment | null;
  /** When the part last started, as a wall-clock instant; null before it first did. */
  readonly birth: () => number | null;
}

/** Where a part is, of the networks that its agent plays. */
export interface Whereabouts {
  /** A network that it has left; null where it is on all of them. */
  readonly left: string | null;
  /** Networks that it is on again, or at another address of, since the last look: what was set up there holds no more. */
  readonly back: readonly string[];
}

/**
 * Whether the part beside an agent is still where the agent set up. When a part is started anew, Docker gives it a new
 * namespace and leaves the agent in an empty one. Then the agent has to end, so that Docker starts it where the part is; but not
 * before the part is back, for until then there is no namespace to start it in, and Docker gives up.
 */
export class PartWatch {
  readonly #options: PartWatchOptions;
  readonly #attachments: Map<string, Attachment>;
  readonly #left = new Set<string>();
  #birth: number | null;

  constructor(options: PartWatchOptions) {
    this.#options = options;
    this.#attachments = new Map(options.attachments);
    this.#birth = options.birth();
  }

  /** Where the part is. Throws when it came up in another namespace, and the agent has to begin anew there. */
  look(): Whereabouts {
    const { part, attachmentTo, birth } = this.#options;
    const back: string[] = [];
    for (const [network, was] of this.#attachments) {
      const now = attachmentTo(network);
      if (now === null) {
        this.#left.add(network);
      } else if (this.#left.delete(network) || now.device !== was.device || now.address !== was.address) {
        this.#attachments.set(network, now);
        back.push(network);
      }
    }
    const [left = null] = this.#left;
    const born = birth();
    if (left !== null && born !== this.#birth) throw new Error(`${part} came up again`);
    this.#birth = born; // the mark may come late: while the part stays, the last one counts
    return { left, back };
  }
}
