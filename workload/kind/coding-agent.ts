import { z } from 'zod';
import { amountSchema, drawAmount, drawCount } from '../amount.ts';
import { Conversation } from './conversation.ts';
import { classKeys, type WorkloadKind } from './workload-kind.ts';

/**
 * Agents that write code: instructions and tools that all sessions begin with, tasks that a person sets, and for each task a burst of
 * steps, each of which repeats everything before it and adds what a tool answered.
 *
 * Sources. Steps a task, tasks a session, appended tokens (medians of 710 to 950, means of 1,400 to 3,700) and answers (187 million tokens
 * in 357,161 steps): TraceLab, arXiv 2606.30560 and tracelab.cs.washington.edu, 4,265 sessions of two coding agents. The time of a tool,
 * median 1.6 s: 783,000 gaps of a production trace, agentic-kvc, analysis/characterization. Instructions and tools of 10,000 to 20,000
 * tokens: the middle is taken. The pause of a person, and where a session is made anew, are assumed.
 */
const schema = z.strictObject({
  kind: z.literal('coding-agent'),
  ...classKeys,
  systemTokens: z
    .int()
    .min(0)
    .max(1e6)
    .default(15_000)
    .describe('Tokens of instructions and tools that all sessions begin with: one text for all.'),
  tasks: amountSchema('Tasks of a session.', { min: 1, max: 10_000 }).prefault({ mean: 9, cv: 1 }),
  steps: amountSchema('Requests of a task: the first, and one for each time that tools answered.', {
    min: 1,
    max: 10_000,
  }).prefault({ mean: 9, cv: 1.5 }),
  taskTokens: amountSchema('Tokens with which a person sets a task.', { min: 1, max: 1e6 }).prefault({
    mean: 200,
    cv: 1,
  }),
  toolTokens: amountSchema('Tokens that tools add before a step.', { min: 1, max: 1e6 }).prefault({
    mean: 1500,
    cv: 1.7,
  }),
  outputTokens: amountSchema('Tokens of an answer.', { min: 1, max: 1e6 }).prefault({ mean: 520, cv: 1.5 }),
  toolS: amountSchema('Seconds from the end of an answer to the next step.', { min: 0, max: 86_400 }).prefault({
    mean: 3,
    cv: 1.6,
  }),
  thinkS: amountSchema('Seconds from the last answer of a task to the next task.', { min: 0, max: 86_400 }).prefault({
    mean: 60,
    cv: 1,
  }),
  contextTokens: z
    .int()
    .min(16)
    .max(1e7)
    .default(100_000)
    .describe('A session ends before its prompt and longest answer are longer.'),
});

export const codingAgent: WorkloadKind<typeof schema> = {
  schema,
  order: 'in-turn',
  session(config, draw) {
    const { rng } = draw;
    const conversation = new Conversation(draw, config);
    const tasks = drawCount(config.tasks, rng);
    for (let task = 0; task < tasks; task++) {
      const steps = drawCount(config.steps, rng);
      for (let step = 0; step < steps; step++) {
        const [pauseS, newTokens] =
          step === 0 ? [config.thinkS, config.taskTokens] : ([config.toolS, config.toolTokens] as const);
        const isAdded = conversation.add({
          pauseMs: 1000 * drawAmount(pauseS, rng),
          newTokens: drawCount(newTokens, rng),
          outputTokens: drawCount(config.outputTokens, rng),
        });
        if (!isAdded) return conversation.turns;
      }
    }
    return conversation.turns;
  },
};
