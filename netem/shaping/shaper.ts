import type { LinkState } from '../links/model/link-model.ts';

/** Applies link states to real packets. */
export interface Shaper {
  /**
   * Sets these links, by name, to these states; other links stay as they are. Resolves when the states are applied. Only changes
   * are sent, all at once, so repeating a call costs nothing. Rejects for an unknown link, or a state that cannot be set;
   * the other states of the call are applied anyway.
   */
  apply(states: ReadonlyMap<string, LinkState>): Promise<void>;
  /** Reads back the real state, repairs what somebody else changed, and returns a description of it: empty when all is as set. */
  check(): Promise<readonly string[]>;
  /** Removes everything, even when one step fails; leaves no trace; rejects with all failures. A second call does nothing. */
  close(): Promise<void>;
}
