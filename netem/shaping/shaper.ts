import type { LinkState } from '../links/model/link-model.ts';

/** What does to real packets what link states say. */
export interface Shaper {
  /**
   * Puts these links, by name, into these states; other links stay as they are. Resolves when the states hold. Only what differs
   * is sent, all at once, so repeating a call costs nothing. A link that is unknown, or a state that cannot be set, rejects,
   * and then the other states of the call hold all the same.
   */
  apply(states: ReadonlyMap<string, LinkState>): Promise<void>;
  /** Reads back what really holds, repairs what somebody else changed, and says in words what that was: nothing when all is well. */
  check(): Promise<readonly string[]>;
  /** Takes everything away, whatever fails under way, leaves no trace, and rejects with all that failed. Again: does nothing. */
  close(): Promise<void>;
}
