import { NOTHING_SHARED, type PrefixPart } from '../../../workload/prefix.ts';

/**
 * The prefix of a prompt as its request tells it: its parts, or else what its session means. The prompts of one session are
 * taken to begin with the prompts before them, answers included, as those of a conversation do.
 */
export const askedPrefix = ({
  prefix,
  session,
  model,
  promptTokens,
}: {
  readonly prefix: readonly PrefixPart[];
  /** The one that is asked for; empty for the only one. */
  readonly model: string;
  readonly session: string;
  readonly promptTokens: number;
}): readonly PrefixPart[] => {
  if (prefix.length === 0 && session === '') return NOTHING_SHARED;
  const parts = prefix.length > 0 ? prefix : [{ key: `session ${session}`, tokens: promptTokens }];
  // Models share no cache, whatever prompts they were given.
  return model === '' ? parts : parts.map(({ key, tokens }) => ({ key: `${model}\n${key}`, tokens }));
};
