import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { changesOf, nearCandidate, setsOf, spreadCandidates } from '../../../../hosts/study/tune/candidate.ts';
import { policySpace } from '../../../../hosts/study/tune/policy-dimensions.ts';
import { tuneRange } from '../../../../hosts/study/tune/tune-range.ts';
import { schemaOf } from '../../../../router/pick/create-policy.ts';
import { isBound, policyNames } from '../../../../router/pick/registry.ts';
import { ScenarioSource } from '../../../../scenario/io/scenario-file.ts';

const source = new ScenarioSource('test/scenarios/pair.yaml');
const scenario = source.scenario();
const NOTHING = { ranges: [], only: [] };
const WITH_PARAMETERS = policyNames.filter(
  (name) => !isBound(name) && !['random', 'round-robin', 'weighted-round-robin', 'lmetric'].includes(name),
);

describe('what is searched of a policy', () => {
  test.each(WITH_PARAMETERS)('%s: only values that its schema takes, and that it has now', (name) => {
    const { dimensions, left } = policySpace(scenario, name, NOTHING);
    expect(dimensions.length).toBeGreaterThan(0);
    // A parameter without bounds has a hint by its schema.
    expect(left.filter((each) => each.includes('no bounds'))).toEqual([]);
    for (const { usual, range } of dimensions) {
      expect(usual).not.toBeNull();
      if (range.kind === 'values') expect(range.values).toContain(usual);
      else expect(usual).toSatisfy((value: number) => value >= range.from && value <= range.to);
    }
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const rng = seededRng(seed)('test');
        const [first] = spreadCandidates(dimensions, 3, rng);
        for (const candidate of [first!, nearCandidate(dimensions, first!, { width: 0.3, rng })]) {
          const own = Object.entries(changesOf(dimensions, candidate)).filter(([path]) =>
            path.startsWith('router.policies.'),
          );
          const params = Object.fromEntries(own.map(([path, value]) => [path.split('.').at(-1)!, value]));
          expect(schemaOf(name).safeParse(params).success).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
    const [candidate] = spreadCandidates(dimensions, 1, seededRng(1)('test'));
    source.scenario({ set: setsOf(dimensions, candidate!) }); // throws where the scenario does not take it
  });

  test('are the settings on which it rests, too', () => {
    const paths = policySpace(scenario, 'peak-ewma', NOTHING).dimensions.map(({ path }) => path);
    expect(paths).toEqual(['router.policies.peak-ewma.untriedMs', 'router.ewma.tauMs', 'router.ewma.failureMs']);
  });

  test('--vary narrows a parameter by its name, and adds a setting by its path; --only leaves the others out', () => {
    const ranges = ['spread=0.1..0.4', 'router.hysteresis.gainMs=0..50/10', 'objective=ttft,slo'].map(tuneRange);
    const { dimensions } = policySpace(scenario, 'ephemeris', {
      ranges,
      only: ['spread', 'objective', 'router.hysteresis.gainMs'],
    });
    expect(dimensions).toEqual([
      { path: 'router.policies.ephemeris.objective', usual: 'slo', range: { kind: 'values', values: ['ttft', 'slo'] } },
      {
        path: 'router.policies.ephemeris.spread',
        usual: 0.3,
        range: { kind: 'numbers', from: 0.1, to: 0.4, isWhole: false, step: null },
      },
      {
        path: 'router.hysteresis.gainMs',
        usual: 0,
        range: { kind: 'numbers', from: 0, to: 50, isWhole: false, step: 10 },
      },
    ]);
  });

  test('of a variant they are its own, and of a policy in a file those of its schema', () => {
    const own = new ScenarioSource('scenarios/my-policy/my-policy.yaml').scenario();
    const { dimensions } = policySpace(own, 'mine', NOTHING);
    expect(dimensions[0]).toMatchObject({ path: 'router.variants.mine.msPerOpenRequest', range: { kind: 'numbers' } });
    const variant = source.scenario({ set: ['router.variants.mild={use: ephemeris, spread: 0.5}'] });
    const spread = policySpace(variant, 'mild', NOTHING).dimensions.find(({ path }) => path.endsWith('.spread'));
    expect(spread).toMatchObject({ path: 'router.variants.mild.spread', usual: 0.5 });
  });

  test.each([
    ['random', [], [], '--policy is random, which has no parameters; expected --vary PATH=FROM..TO beside it'],
    ['peak-ewma', ['untried=1..2'], [], '--vary has untried, which is no setting of the router'],
    ['peak-ewma', ['load.ratePerS=1..2'], [], '--vary has load.ratePerS, which is no setting of the router'],
    [
      'peak-ewma',
      ['untriedMs=1..2', 'router.policies.peak-ewma.untriedMs=1..3'],
      [],
      '--vary has router.policies.peak-ewma.untriedMs twice',
    ],
    ['peak-ewma', [], ['tau'], '--only has tau, which is not searched'],
    ['ephemeris', ['spred=1..2'], [], 'no setting of the router; did you mean "spread"?'],
    ['ephemeris', [], ['mismMs'], 'which is not searched; did you mean "missMs"?'],
  ])('%s with %j and %j is refused in one line', (policy, vary, only, line) => {
    expect(() => policySpace(scenario, policy, { ranges: vary.map(tuneRange), only })).toThrow(line);
  });

  test.each(['spread', 'spread=', 'spread=2..1', 'spread=1..2/0', '=1..2', 'spread=[1]..2', 'spread=a,,b'])(
    '--vary %s is refused',
    (text) => {
      expect(() => tuneRange(text)).toThrow(/^--vary /);
    },
  );
});
