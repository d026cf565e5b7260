import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { withDataParallel } from '../../../../services/node/engine/data-parallel.ts';
import type { Profile } from '../../../../services/node/engine/profile.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { powerModelOf } from '../../../../services/node/power/power-model.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';
import { meteredEngine } from '../power/metered-engine.ts';
import { Recorder, request, setUp } from './engine-under-test.ts';

const h100 = profileOf('h100-llama8b');
const two = withDataParallel(h100, 2, 'nodes.a.dataParallel');

/** What `requests` hear of an engine with that profile, all asked at once. */
const heard = (profile: Profile, lengths: readonly (readonly [number, number])[]): readonly string[][] => {
  const { clock, engine } = setUp({ more: { profile } });
  const recorders = lengths.map(([prompt, output], id) => {
    const recorder = new Recorder();
    engine.submit(request(id, prompt, output), recorder);
    return recorder;
  });
  clock.runUntil(1e6);
  return recorders.map(({ lines }) => lines);
};

describe('replicas of a dense model', () => {
  test('serve twice the requests as one serves its own', () => {
    const lengths = [
      [300, 20],
      [100, 50],
      [800, 5],
    ] as const;
    const alone = heard(h100, lengths);
    const both = heard(
      two,
      lengths.flatMap((one) => [one, one]),
    );
    expect(both).toEqual(alone.flatMap((lines) => [lines, lines]));
  });

  test('do not wait for each other: a long prompt on one is not felt on the other', () => {
    const [decoding] = heard(two, [
      [10, 200],
      [8000, 1],
    ]);
    expect(decoding).toEqual(heard(h100, [[10, 200]])[0]);
    const [felt] = heard(h100, [
      [10, 200],
      [8000, 1],
    ]);
    expect(felt).not.toEqual(decoding);
  });

  test('draw and use together what each would alone', () => {
    const joulesOf = (profile: Profile, chats: number): number => {
      const { clock, engine, submit, total } = meteredEngine(
        { model: powerModelOf(profile.power!) },
        { profile, maxNumSeqs: 64 },
      );
      for (let id = 0; id < chats; id++) submit(100, 400);
      clock.runUntil(20_000);
      engine.settleEnergy(20_000);
      return total(({ joules }) => joules);
    };
    expect(joulesOf(two, 32) / joulesOf(h100, 16)).toBeCloseTo(2, 2);
  });

  test('have the devices and watts of all, and the steps and the cache of one', () => {
    expect(two).toMatchObject({ devices: 2, replicas: 2, step: h100.step, kvTokens: h100.kvTokens, grade: 'B' });
    expect(two.power).toMatchObject({ idleW: 140, maxW: 1400 });
    expect(two.source).toMatch(/As 2 replicas$/);
    const node = nodeSchema.parse({ profile: 'h100-llama8b', tensorParallel: 2, dataParallel: 3 });
    expect(engineOptionsOf(node).profile).toMatchObject({ devices: 6, replicas: 3, grade: 'C' });
    expect(withDataParallel(h100, 1, 'x')).toBe(h100);
  });

  test('are not made of a model whose experts are shared out already', () => {
    const moe = profileOf('rtxpro6000-qwen3-30b-a3b-dp2');
    expect(() => withDataParallel(moe, 4, 'nodes.a.dataParallel')).toThrow(
      new ConfigError(
        'nodes.a.dataParallel',
        'is 4, but rtxpro6000-qwen3-30b-a3b-dp2 has experts, and 2 replicas that share them',
      ),
    );
  });
});

test('two replicas in lock step draw what two devices do, not what one with both batches would', () => {
  const moe = profileOf('rtxpro6000-qwen3-30b-a3b-dp2');
  const model = powerModelOf(moe.power!);
  const { clock, engine, submit } = meteredEngine({ model }, { profile: moe, maxNumSeqs: 64 });
  for (let id = 0; id < 16; id++) submit(10, 100);
  clock.runUntil(500);
  expect(engine.report(500).power!.drawW).toBeCloseTo(model.drawW({ tokens: 8, sequences: 8 }), 6);
});
