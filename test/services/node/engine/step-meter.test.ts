import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepMeter } from '../../../../services/node/engine/step-meter.ts';

/** The duration of a step of this engine: memory-bound at 15 ms, or 4 ms and a tenth of one a token. */
const durationOf = (tokens: number): number => Math.max(15, 4 + tokens * 0.1);

test('the line of arithmetic-bound steps is found, whatever share of the prompts is short', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 2048 }), { minLength: 60, maxLength: 200 });
  fc.assert(
    fc.property(lengths, (prompts) => {
      const long = prompts.filter((tokens) => durationOf(tokens) >= 1.5 * 15);
      fc.pre(new Set(long.map((tokens) => Math.round(tokens / 300))).size > 2);
      const meter = new StepMeter();
      for (let step = 0; step < 100; step++) meter.record(15, 0);
      for (const tokens of prompts) meter.record(durationOf(tokens), tokens);
      expect(meter.prefillMsPerToken).toBeCloseTo(0.1, 6);
      expect(meter.prefillBaseMs).toBeCloseTo(4, 3);
    }),
  );
});

test('prompts that are all alike give a mean without a base', () => {
  const meter = new StepMeter();
  meter.record(15, 0);
  for (let step = 0; step < 50; step++) meter.record(durationOf(1000), 1000);
  expect(meter.prefillMsPerToken).toBeCloseTo(0.104);
  expect(meter.prefillBaseMs).toBeCloseTo(0);
});

test('short prompts that cost nothing say nothing of long ones', () => {
  const meter = new StepMeter();
  for (let step = 0; step < 50; step++) meter.record(15, step % 2 === 0 ? 0 : 40);
  expect(meter.prefillMsPerToken).toBe(0);
  expect(meter.stepMs).toBeCloseTo(15);
});
