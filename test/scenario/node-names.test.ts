import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../core/config/config-error.ts';
import { nodePlansOf } from '../../scenario/node-plan.ts';
import { parseScenario } from '../../scenario/scenario.ts';

const scenarioWith = (nodes: readonly (readonly [name: string, count: number])[]) => {
  const lines = nodes.map(
    ([name, count]) => `  ${name}: { site: frankfurt, media: [fibre], profile: h100-llama8b, count: ${count} }`,
  );
  const text = readFileSync('test/scenarios/pair.yaml', 'utf8').replace(
    /nodes:\n(?: {2}.*\n)+/,
    `nodes:\n${lines.join('\n')}\n`,
  );
  return parseScenario(text, 'x.yaml');
};

describe('names of nodes', () => {
  test('that a count numbers may not be those of other nodes', () => {
    expect(() =>
      scenarioWith([
        ['gpu', 2],
        ['gpu-1', 1],
      ]),
    ).toThrow(/^x\.yaml:23:73: nodes\.gpu\.count is 2, which gives a node the name "gpu-1" of another node$/);
    expect(() =>
      scenarioWith([
        ['gpu-2', 1],
        ['gpu', 3],
      ]),
    ).toThrow(/^x\.yaml:24:\d+: nodes\.gpu\.count is 3/);
  });

  test('are as they were where nothing clashes', () => {
    const { nodes } = scenarioWith([
      ['gpu', 2],
      ['gpu-3', 1],
      ['gpu-1', 2],
    ]);
    expect(nodePlansOf({ nodes } as never).map(({ name }) => name)).toEqual([
      'gpu-1',
      'gpu-2',
      'gpu-3',
      'gpu-1-1',
      'gpu-1-2',
    ]);
  });

  test('of a scenario that is accepted are all different', () => {
    const name = fc.constantFrom('a', 'a-1', 'a-2', 'a-1-1', 'b', 'b-2');
    const nodes = fc.uniqueArray(fc.tuple(name, fc.integer({ min: 1, max: 3 })), {
      selector: ([one]) => one,
      minLength: 1,
    });
    fc.assert(
      fc.property(nodes, (given) => {
        let names: readonly string[];
        try {
          names = nodePlansOf(scenarioWith(given)).map(({ name: one }) => one);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          return;
        }
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 60 },
    );
  });
});
