import { seededRng } from '../../core/random/rng.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { Engine } from '../../services/node/engine/engine.ts';
import type { EngineListener } from '../../services/node/engine/request.ts';
import { engineOptionsOf } from '../../services/node/engine-options.ts';
import { nodeSchema } from '../../services/node/schema.ts';
import { type Case, sink } from './case.ts';

/** One decode step of a full batch, with listeners. Sequences that end are replaced. */
export const engineCases = (): readonly Case[] =>
  [8, 256].map((batch) => {
    const clock = new VirtualClock();
    const config = nodeSchema.parse({ profile: 'h100-llama8b', ingestMs: 0 });
    const engine = new Engine({ name: 'bench', ...engineOptionsOf(config), clock, rng: seededRng(1)('node') });
    let nextId = 0;
    let steps = 0;
    const submit = (): void => {
      const length = { promptTokens: 16, outputTokens: 1000, maxOutputTokens: 1000 };
      engine.submit({ id: nextId++, ...length }, listener);
    };
    const listener: EngineListener = {
      onScheduled: () => {},
      onTokens: (count) => {
        sink.value += count;
        steps++;
      },
      onEnd: submit,
    };
    for (let index = 0; index < batch; index++) submit();
    return {
      name: `engine: a step of ${batch} sequences`,
      run: () => {
        const until = steps + batch;
        while (steps < until) clock.runUntil(clock.now() + 1);
      },
    };
  });
