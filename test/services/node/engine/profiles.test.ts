import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { derivedProfile, derivedProfileSchema } from '../../../../services/node/engine/derived-profile.ts';
import { profileOf, profiles } from '../../../../services/node/engine/profiles.ts';
import { withTensorParallel } from '../../../../services/node/engine/tensor-parallel.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';

describe('profiles', () => {
  test('have a grade and a source', () => {
    for (const profile of profiles.values()) {
      expect(profile.grade).toMatch(/^[ABC]$/);
      expect(profile.source.length).toBeGreaterThan(10);
    }
  });

  test('by default, the cost of a large batch depends only on its tokens', () => {
    expect(profileOf('rtx4090-llama8b').step.computeBaseMs).toBe(5.68);
    expect(profileOf('h100-llama8b').step.computeBaseMs).toBe(0);
  });

  test('have the defaults of vLLM for their device: 8192 tokens and 1024 sequences from 70 GiB on, but not on an A100', () => {
    const serverOf = (id: string) => Object.values(profileOf(id).server);
    for (const id of ['h100-llama8b', 'h200-llama8b', 'b200x2-llama70b', 'rtxpro6000-llama8b', 'mi300x-llama8b'])
      expect(serverOf(id)).toEqual([8192, 1024]);
    for (const id of ['a100-llama8b', 'rtx4090-llama8b', 'l40s-llama8b', 'jetson-orin-agx-8b-int4'])
      expect(serverOf(id)).toEqual([2048, 256]);
    expect(serverOf('tpu-v6e-llama8b')).toEqual([1024, 256]);
    const derive = { parametersB: 8, layers: 32, hiddenSize: 4096, weightGB: 16, kvBytesPerToken: 131_072 };
    const speed = { bandwidthGBs: 2000, tflops: 400 };
    const derived = (memoryGB: number, more = {}) =>
      derivedProfile(derivedProfileSchema.parse({ id: 'mine', derive: { ...derive, ...speed, memoryGB, ...more } }))
        .server;
    expect(Object.values(derived(80))).toEqual([8192, 1024]);
    expect(Object.values(derived(75))).toEqual([2048, 256]); // 69.8 GiB
    expect(derived(80, { server: profileOf('a100-llama8b').server }).maxNumSeqs).toBe(256);
  });

  test.each([
    ['mi300x-llama8b', { memoryGB: 192, bandwidthGBs: 5300, tflops: 1307.4 }],
    ['trainium2-llama8b', { memoryGB: 96, bandwidthGBs: 2900, tflops: 667 }],
  ])('from a datasheet follow its rule: %s', (id, device) => {
    const model = { parametersB: 8.03, layers: 32, hiddenSize: 4096, weightGB: 16.06, kvBytesPerToken: 131_072 };
    const { step, kvTokens } = derivedProfile(derivedProfileSchema.parse({ id, derive: { ...model, ...device } }));
    const profile = profileOf(id);
    for (const name of ['baseMs', 'weightsMs', 'tokenUs', 'contextTokenUs', 'attentionPairNs', 'sequenceUs'] as const)
      expect(Math.abs(profile.step[name] / step[name] - 1), name).toBeLessThan(0.02);
    expect(Math.abs(profile.kvTokens / kvTokens - 1)).toBeLessThan(0.02);
    expect(profile.grade).toBe('C');
  });

  test('are overridden by the limits of a node, one by one', () => {
    const node = nodeSchema.parse({ profile: 'h100-llama8b', limits: { maxNumSeqs: 7, maxModelLen: 9000 } });
    expect(engineOptionsOf(node).limits).toMatchObject({ maxNumSeqs: 7, maxNumBatchedTokens: 8192, maxModelLen: 9000 });
    expect(engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b' })).limits.maxModelLen).toBe(131_072);
  });

  test('draw more power for more work', () => {
    for (const { power } of profiles.values()) {
      if (power === null) continue;
      expect(power.idleW).toBeLessThan(power.smallBatchW);
      expect(power.smallBatchW).toBeLessThan(power.maxW);
    }
  });

  test('with an unknown name are refused with the nearest name', () => {
    expect(() => profileOf('h10-llama8b', 'nodes.ashburn.profile')).toThrow(
      new ConfigError('nodes.ashburn.profile', 'is "h10-llama8b", which is no profile; did you mean "h100-llama8b"?'),
    );
  });
});

describe('the configuration of a node', () => {
  test('needs only a profile', () => {
    const options = engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b' }));
    expect(options.profile.id).toBe('h100-llama8b');
    expect(options.limits).toMatchObject({ maxNumSeqs: 1024, maxNumBatchedTokens: 8192, maxWaiting: 1024 });
    expect(options.noise).toMatchObject({ sigma: 0.04, stallProbability: 1e-4, stallMinMs: 20, stallMaxMs: 100 });
  });

  test('survives being written as JSON', () => {
    const config = nodeSchema.parse({ profile: 'h100-llama8b', limits: { kvTokens: 4096 } });
    expect(nodeSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test('refuses other keys, an unknown profile, and a stall with its maximum below its minimum', () => {
    const issuesOf = (config: unknown) =>
      nodeSchema.safeParse(config).error?.issues.map((issue) => issue.path.join('.'));
    expect(issuesOf({ profile: 'h100-llama8b', gpus: 2 })).toEqual(['']);
    expect(issuesOf({ profile: 'abacus' })).toEqual(['profile']);
    expect(issuesOf({ profile: 'h100-llama8b', noise: { stallMinMs: 50, stallMaxMs: 40 } })).toEqual([
      'noise.stallMaxMs',
    ]);
  });
});

describe('a profile split over several devices', () => {
  const own = profileOf('rtx4090-llama8b');
  const two = withTensorParallel(own, 2, '--tp');

  test('halves the parts that divide, keeps the others, and adds two all-reduces a layer', () => {
    expect(two.step.weightsMs).toBeCloseTo(15.3 / 2, 9);
    expect(two.step.tokenUs).toBeCloseTo(87.6 / 2, 9);
    expect(two.step.mixedContextTokenUs).toBeCloseTo(0.265 / 2, 9);
    expect([two.step.baseMs, two.step.sequenceUs]).toEqual([1.48, 10.2]);
    expect(two.step.collectiveBaseMs).toBeCloseTo((64 * 20) / 1000, 9);
    expect(two.step.collectiveTokenUs).toBeCloseTo((64 * 4096 * 2) / 10e9 / 1e-6, 9); // 64 times 8 KiB at 10 GB/s
  });

  test('has a cache in the memory that the weights leave free, and grade C', () => {
    expect(two.kvTokens).toBe(Math.floor(2 * 41_408 + 16.06e9 / 131_072));
    expect([two.grade, two.devices]).toEqual(['C', 2]);
    expect(two.source).toContain('Scaled from 1 to 2 devices');
  });

  test('does not change on the number of devices it was measured on', () => {
    expect(withTensorParallel(own, 1, '--tp')).toBe(own);
    expect(withTensorParallel(profileOf('h100x4-llama70b'), 4, '--tp').grade).toBe('B');
  });

  test('is refused when figures are missing or the cache would be empty', () => {
    expect(() => withTensorParallel(profileOf('tpu-v6e-llama8b'), 2, '--tp')).toThrow(
      new ConfigError('--tp', 'is 2, but tpu-v6e-llama8b has no interconnect to split it by'),
    );
    expect(() => withTensorParallel(profileOf('b200x2-llama70b'), 1, '--tp')).not.toThrow();
    expect(() => withTensorParallel(profileOf('h100x4-llama70b'), 1, '--tp')).toThrow(/leave no KV cache/);
  });
});

describe('a profile from a datasheet', () => {
  const derive = {
    ...{ parametersB: 8.03, layers: 32, hiddenSize: 4096, weightGB: 16.06, kvBytesPerToken: 131_072 },
    ...{ memoryGB: 96, bandwidthGBs: 2900, tflops: 667 },
  };
  const derived = (more: object = {}) =>
    derivedProfile(derivedProfileSchema.parse({ id: 'mine', derive: { ...derive, ...more } }));

  test('has the coefficients given by the rules, and grade C', () => {
    const { step, grade, kvTokens } = derived();
    expect(step.weightsMs).toBeCloseTo(16.06e9 / (2900e9 * 0.73) / 1e-3, 9);
    expect(step.tokenUs).toBeCloseTo((2 * 8.03e9) / (667e12 * 0.62) / 1e-6, 9);
    expect(step.contextTokenUs).toBeCloseTo(131_072 / (2900e9 * 0.65) / 1e-6, 9);
    expect(step.baseMs).toBeCloseTo(0.126 + 32 * 0.032, 9);
    expect(kvTokens).toBe(Math.floor((96e9 * 0.9 - 16.06e9) / 131_072));
    expect(grade).toBe('C');
  });

  test('is close to the one that was computed by hand', () => {
    const hand = profileOf('trainium2-llama8b').step;
    for (const key of ['baseMs', 'weightsMs', 'tokenUs', 'contextTokenUs', 'attentionPairNs'] as const) {
      expect(Math.abs(derived().step[key] / hand[key] - 1), key).toBeLessThan(0.05);
    }
  });

  test('of two devices is twice as fast, apart from the collectives', () => {
    const interconnect = { busGBs: 100, latencyUs: 10, source: 'test' };
    const two = derived({ devices: 2, interconnect });
    expect(two.step.weightsMs).toBeCloseTo(derived().step.weightsMs / 2, 9);
    expect(two.step.collectiveBaseMs).toBeCloseTo(0.64, 9);
    expect(derivedProfileSchema.safeParse({ id: 'mine', derive: { ...derive, devices: 2 } }).success).toBe(false);
  });

  test('needs memory for its weights', () => {
    expect(derivedProfileSchema.safeParse({ id: 'mine', derive: { ...derive, memoryGB: 17 } }).success).toBe(false);
  });

  test('may be given in a scenario, like a full list of coefficients, and may be split', () => {
    const options = engineOptionsOf(nodeSchema.parse({ profile: { id: 'mine', derive } }));
    expect(options.profile).toMatchObject({ id: 'mine', grade: 'C' });
    const written = JSON.parse(JSON.stringify(profileOf('h100-llama8b')));
    expect(engineOptionsOf(nodeSchema.parse({ profile: written })).profile).toEqual(profileOf('h100-llama8b'));
    const split = engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b', tensorParallel: 2 }));
    expect(split.profile.devices).toBe(2);
  });
});

describe('a machine', () => {
  const overheadOf = (machine: object) =>
    engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b', machine })).overhead;

  test('adds nothing on bare metal, and 6 % by default when it is virtual', () => {
    expect(engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b' })).overhead).toBe(0);
    expect(overheadOf({ kind: 'virtual' })).toBe(0.06);
    expect(overheadOf({ kind: 'virtual', overhead: 0.2 })).toBe(0.2);
  });
});
