import { z } from 'zod';
import { amountSchema, drawAmount, drawCount } from '../amount.ts';
import { Conversation } from './conversation.ts';
import { classKeys, type WorkloadKind } from './workload-kind.ts';

/**
 * People who talk to an assistant: a system prompt that all share, an opening, and turns after a time of reading and typing.
 *
 * Source of the lengths and of the number of turns: the conversations that vLLM's own benchmark generates
 * (vllm-project/vllm, benchmarks/multi_turn/generate_multi_turn.json: 12 to 18 messages, 500 tokens in common, 1,000 lognormal for each
 * conversation, 120 to 160 a question, 80 to 120 an answer). The pause is assumed: 20 s with the deviation of an exponential draw.
 */
const schema = z.strictObject({
  kind: z.literal('chat'),
  ...classKeys,
  turns: amountSchema('Questions of a session.', { min: 1, max: 10_000 }).prefault({ mean: 7.5, cv: 0.12 }),
  systemTokens: z.int().min(0).max(1e6).default(500).describe('Tokens that all sessions begin with: one text for all.'),
  openingTokens: amountSchema('Tokens of a session before its first question.', { min: 0, max: 1e6 }).prefault({
    mean: 1000,
    cv: 1,
  }),
  userTokens: amountSchema('Tokens of a question.', { min: 1, max: 1e6 }).prefault({ mean: 140, cv: 0.08 }),
  outputTokens: amountSchema('Tokens of an answer.', { min: 1, max: 1e6 }).prefault({ mean: 100, cv: 0.12 }),
  thinkS: amountSchema('Seconds from the end of an answer to the next question.', { min: 0, max: 86_400 }).prefault({
    mean: 20,
    cv: 1,
  }),
  contextTokens: z
    .int()
    .min(16)
    .max(1e7)
    .default(32_768)
    .describe('A session ends before its prompt and longest answer are longer.'),
});

export const chat: WorkloadKind<typeof schema> = {
  schema,
  order: 'in-turn',
  session(config, draw) {
    const { rng } = draw;
    const conversation = new Conversation(draw, config);
    const turns = drawCount(config.turns, rng);
    for (let turn = 0; turn < turns; turn++) {
      const opening = turn === 0 ? Math.round(drawAmount(config.openingTokens, rng)) : 0;
      const isAdded = conversation.add({
        pauseMs: 1000 * drawAmount(config.thinkS, rng),
        newTokens: opening + drawCount(config.userTokens, rng),
        outputTokens: drawCount(config.outputTokens, rng),
      });
      if (!isAdded) break;
    }
    return conversation.turns;
  },
};
