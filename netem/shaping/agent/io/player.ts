import type { LinkModel } from '../../../links/model/link-model.ts';

/**
 * What an agent does to the paths of its namespace, one way or the other. An agent that is told to end takes it back; one that
 * fails leaves it, so that the part beside it is not reached unshaped until the next agent replaces it.
 */
export interface Player {
  readonly shaper: 'netem' | 'relay';
  /** The links that it plays, by their names in the log. */
  readonly links: ReadonlyMap<string, LinkModel>;
  /** Plays from now on; before, everything passes. */
  begin(): void;
  /** Whether it does all that it should, and what it did so far. */
  health(): { readonly ok: boolean; readonly [what: string]: unknown };
  /** Looks whether its peers are still where they were. */
  followPeers(): Promise<void>;
  /**
   * Sets up again what it plays on one network, whose interface is a new one; what it plays on the others goes on. Missing where
   * only a new agent can do it.
   */
  reattach?(network: string): Promise<void>;
  /** Leaves no trace. */
  close(): Promise<void>;
}
