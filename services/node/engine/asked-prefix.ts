import { NOTHING_SHARED, type PrefixPart } from '../../../workload/prefix.ts';

/**
 * The prefix of a prompt as its request tells it: its parts, or else what its session means. The prompts of one session are
 * taken to begin with the prompts before them, answers included, as those of a conversation do.
 */
export const askedPrefix = ({
  prefix,
  session,
  promptTokens,
}: {
  readonly prefix: readonly PrefixPart[];
  readonly session: string;
  readonly promptTokens: number;
}): readonly PrefixPart[] => {
  if (prefix.length > 0) return prefix;
  return session === '' ? NOTHING_SHARED : [{ key: `session ${session}`, tokens: promptTokens }];
};
