import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { scenarioSchema } from '../../scenario/schema.ts';
import { topologyOf } from '../../scenario/topology.ts';

const ATLANTIC = 'scenarios/atlantic.yaml';
const text = readFileSync(ATLANTIC, 'utf8');

/** The one line that the atlantic scenario gives with `from` replaced. */
const mistakeWith = (from: string | RegExp, to: string): string => {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  try {
    parseScenario(changed, 'x.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('the atlantic scenario', () => {
  test('resolves to five nodes, eight endpoints and three clients', () => {
    const { nodes, endpoints, clients } = topologyOf(readScenario(ATLANTIC));
    expect(nodes.map(({ name }) => name)).toEqual([
      'ashburn-1',
      'ashburn-2',
      'frankfurt',
      'churchill-falls',
      'johannesburg',
    ]);
    expect(endpoints.map(({ name }) => name)).toEqual([
      'ashburn-1/fibre',
      'ashburn-1/laser',
      'ashburn-2/fibre',
      'ashburn-2/laser',
      'frankfurt/fibre',
      'churchill-falls/laser',
      'johannesburg/fibre',
      'johannesburg/laser',
    ]);
    expect(clients.map(({ name }) => name)).toEqual(['london', 'lagos', 'st-johns']);
  });

  test('has paths as long as the globe demands: London-Ashburn takes at least 19.7 ms one way', () => {
    const { endpoints } = topologyOf(readScenario(ATLANTIC));
    for (const { links } of endpoints.filter(({ node }) => node === 'ashburn-1')) {
      const { up, delayUs } = links.forward.stateAt(0);
      expect(up).toBe(true);
      expect(delayUs).toBeGreaterThan(19_700);
      expect(delayUs).toBeLessThan(50_000);
    }
  });

  test('has one hash for one text, and another for another', () => {
    expect(parseScenario(text, 'a').hash).toBe(parseScenario(text, 'b').hash);
    expect(parseScenario(`${text}# more\n`, 'a').hash).not.toBe(parseScenario(text, 'a').hash);
  });

  test('takes a seed, a rate and a duration from the command line', () => {
    const scenario = parseScenario(text, 'a', { seed: 3, ratePerS: 5, durationS: 9 });
    expect([scenario.seed, scenario.load.ratePerS, scenario.durationS]).toEqual([3, 5, 9]);
  });

  test('is frozen to its last leaf', () => {
    const scenario = parseScenario(text, 'a');
    expect(() => Object.assign(scenario.sites.london!, { latDeg: 0 })).toThrow(TypeError);
  });
});

describe('a wrong scenario is refused in one line', () => {
  test.each([
    [
      'an unknown key',
      'ratePerS: 10',
      'ratePer: 10',
      /^x\.yaml:\d+:3: load\.ratePer is not a known key; did you mean "ratePerS"\?/,
    ],
    [
      'a site that is none',
      'site: frankfurt',
      'site: frankfurtt',
      /^x\.yaml:\d+:22: nodes\.frankfurt\.site is "frankfurtt", which is no site; did you mean "frankfurt"\?$/,
    ],
    [
      'a latitude of 95',
      'latDeg: 51.5074',
      'latDeg: 95',
      /^x\.yaml:\d+:21: sites\.london\.latDeg is 95, expected at most 90$/,
    ],
    [
      'an unknown profile',
      'b200-llama8b',
      'b200-lama8b',
      /nodes\.churchill-falls\.profile is "b200-lama8b", did you mean "b200-llama8b"\?$/,
    ],
    [
      'a laser path without a terminal',
      /(frankfurt, media: )\[fibre\]/,
      '$1[laser]',
      /nodes\.frankfurt\.media\[0\] is laser, but site "frankfurt" has no terminal/,
    ],
    [
      'a medium twice',
      /(frankfurt, media: )\[fibre\]/,
      '$1[fibre, fibre]',
      /nodes\.frankfurt\.media is a list, expected each medium once$/,
    ],
    [
      'an unknown PoP',
      'pop: lagos',
      'pop: lago',
      /clients\.lagos\.access\.pop is "lago", which is no PoP; did you mean "lagos"\?$/,
    ],
    [
      'a warm-up longer than the run',
      'durationS: 60',
      'durationS: 1',
      /warmUpS is 2, expected less than the duration of 1 s$/,
    ],
    [
      'an epoch that is no instant',
      '2026-01-01T00:00:06Z',
      'yesterday',
      /epoch is "yesterday", expected an instant such as 2026-01-01T00:00:00Z$/,
    ],
  ])('with %s', (_, from, to, message) => {
    const said = mistakeWith(from, to);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
  });

  test('negative delays among them, wherever the schema has one', () => {
    expect(mistakeWith('network:\n', 'network:\n  fibre: { stretch: -1 }\n')).toMatch(
      /network\.fibre\.stretch is -1, expected/,
    );
  });

  test('that does not exist, or is a folder', () => {
    expect(() => readScenario('scenarios/none.yaml')).toThrow(
      'scenarios/none.yaml does not exist, expected a scenario',
    );
    expect(() => readScenario('scenarios')).toThrow('scenarios is a folder, expected a scenario');
  });
});

test('the committed JSON Schema is the one the code exports, and describes every key', () => {
  const schema = JSON.parse(readFileSync('scenario/scenario.schema.json', 'utf8')) as Record<string, unknown>;
  expect(schema).toEqual({
    title: 'Starlane scenario',
    ...z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }),
  });
});
