import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { profileOf, profiles } from '../../../../services/node/engine/profiles.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';

describe('profiles', () => {
  test('say how far to trust them, and where they come from', () => {
    for (const profile of profiles.values()) {
      expect(profile.grade).toMatch(/^[ABC]$/);
      expect(profile.source.length).toBeGreaterThan(10);
    }
  });

  test('price a large batch by its tokens alone unless they say more', () => {
    expect(profileOf('rtx4090-llama8b').step.computeBaseMs).toBe(1.8);
    expect(profileOf('h100-llama8b').step.computeBaseMs).toBe(0);
  });

  test('draw more the more they do', () => {
    for (const { power } of profiles.values()) {
      if (power === null) continue;
      expect(power.idleW).toBeLessThan(power.smallBatchW);
      expect(power.smallBatchW).toBeLessThan(power.maxW);
    }
  });

  test('with a name nobody knows, name the nearest', () => {
    expect(() => profileOf('h10-llama8b', 'nodes.ashburn.profile')).toThrow(
      new ConfigError('nodes.ashburn.profile', 'is "h10-llama8b", which is no profile; did you mean "h100-llama8b"?'),
    );
  });
});

describe('the configuration of a node', () => {
  test('needs a profile and nothing else', () => {
    const options = engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b' }));
    expect(options.profile.id).toBe('h100-llama8b');
    expect(options.limits).toMatchObject({ maxNumSeqs: 256, maxNumBatchedTokens: 2048, maxWaiting: 1024 });
    expect(options.noise).toMatchObject({ sigma: 0.04, stallProbability: 1e-4, stallMinMs: 20, stallMaxMs: 100 });
  });

  test('survives being written as JSON', () => {
    const config = nodeSchema.parse({ profile: 'h100-llama8b', limits: { kvTokens: 4096 } });
    expect(nodeSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test('has no other keys, no unknown profile and no stall that ends before it starts', () => {
    const issuesOf = (config: unknown) =>
      nodeSchema.safeParse(config).error?.issues.map((issue) => issue.path.join('.'));
    expect(issuesOf({ profile: 'h100-llama8b', gpus: 2 })).toEqual(['']);
    expect(issuesOf({ profile: 'abacus' })).toEqual(['profile']);
    expect(issuesOf({ profile: 'h100-llama8b', noise: { stallMinMs: 50, stallMaxMs: 40 } })).toEqual([
      'noise.stallMaxMs',
    ]);
  });
});
