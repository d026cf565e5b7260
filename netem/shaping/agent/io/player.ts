import type { LinkModel } from '../../../links/model/link-model.ts';

/**
 * How an agent plays the paths of its namespace. When an agent is told to end, it takes its shaping away. When it
 * fails, the shaping stays, so that the part beside it is not reached unshaped until the next agent replaces it.
 */
export interface Player {
  readonly shaper: 'netem' | 'relay';
  /** The links that it plays, by their names in the log. */
  readonly links: ReadonlyMap<string, LinkModel>;
  /** Plays from now on; before, everything passes. */
  begin(): void;
  /** Whether it works fully, and what it did so far. */
  health(): { readonly ok: boolean; readonly [what: string]: unknown };
  /** Checks whether its peers still have the same addresses. */
  followPeers(): Promise<void>;
  /**
   * Sets up again what it plays on one network, whose interface is a new one; what it plays on the others goes on. Missing where
   * only a new agent can do it.
   */
  reattach?(network: string): Promise<void>;
  /** Takes all shaping away. */
  close(): Promise<void>;
}
