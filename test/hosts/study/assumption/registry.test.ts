import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assumptionChoice, assumptionsIn, chosenAssumptions } from '../../../../hosts/study/assumption/registry.ts';
import { ScenarioSource } from '../../../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../../../scenario/resolved-scenario.ts';
import type { Scenario } from '../../../../scenario/scenario.ts';

/** Of the planet alone it would take seconds. */
const FILES = [...readdirSync('scenarios').map((name) => `scenarios/${name}`), 'test/scenarios/pair.yaml'].filter(
  (name) => name.endsWith('.yaml') && !name.endsWith('planet.yaml'),
);

const hashOf = (scenario: Scenario): string => resolvedScenario(scenario).hash;

const namesIn = (set: readonly string[], file = 'test/scenarios/pair.yaml'): readonly string[] =>
  assumptionsIn(new ScenarioSource(file).scenario({ set })).map(({ name }) => name);

describe('an assumption', () => {
  test.each(FILES)(
    'of %s gives a scenario of its own for each of its values, and the scenario itself for the usual one',
    (file) => {
      const source = new ScenarioSource(file);
      const base = source.scenario();
      const assumptions = assumptionsIn(base);
      expect(assumptions.length).toBeGreaterThan(1);
      for (const { name, usual, values, set, source: from } of assumptions) {
        const hashes = values.map((value) => hashOf(source.scenario({ set: set(value) })));
        expect(new Set([...hashes, hashOf(base)]).size, name).toBe(values.length + 1);
        expect(values, name).not.toContain(usual);
        expect(from).not.toBe('');
      }
    },
  );

  test('is only what a scenario rests on', () => {
    expect(namesIn([])).toEqual([
      'phasing',
      'fibre-stretch',
      'laser-overhead',
      'laser-rate',
      'laser-load',
      'access-overhead',
      'profile-band/h100-llama8b',
      'profile-band/b200-llama8b',
    ]);
    expect(namesIn(['router.knowledge={kind: ephemeris}'])).toContain('knowledge-error');
    const cables = ['nodes.ashburn.media=[fibre]', 'clients.lagos.access={kind: fibre}'];
    expect(namesIn(cables)).toEqual(['fibre-stretch', 'profile-band/h100-llama8b', 'profile-band/b200-llama8b']);
    expect(namesIn(['network.laser.congestion={kind: daily, peakHourUtc: 3}'])).not.toContain('laser-load');
  });

  test('of a device acts on every node that has it, and on no other', () => {
    const source = new ScenarioSource('test/scenarios/pair.yaml');
    const more = ['nodes.lagos={site: lagos, media: [fibre], profile: h100-llama8b}'];
    const base = source.scenario({ set: more });
    const band = assumptionsIn(base).find(({ name }) => name === 'profile-band/h100-llama8b')!;
    expect(band.values).toEqual(['0.90', '1.10']);
    expect(band.set('2').map((set) => set.split('=')[0])).toEqual(['nodes.ashburn.profile', 'nodes.lagos.profile']);
    const { profile } = source.scenario({ set: [...more, ...band.set('2')] }).nodes.lagos!;
    expect(profile).toMatchObject({ id: 'h100-llama8b x 2', kvTokens: expect.any(Number) });
  });
});

describe('a choice of assumptions', () => {
  const all = assumptionsIn(new ScenarioSource('test/scenarios/pair.yaml').scenario());

  test('takes other values, and a name for all that begin with it', () => {
    const chosen = chosenAssumptions(all, ['fibre-stretch=1.2, 1.8', 'profile-band'].map(assumptionChoice));
    expect(chosen.map(({ name, values }) => [name, ...values])).toEqual([
      ['fibre-stretch', '1.2', '1.8'],
      ['profile-band/h100-llama8b', '0.90', '1.10'],
      ['profile-band/b200-llama8b', '0.90', '1.10'],
    ]);
    expect(chosenAssumptions(all, [])).toBe(all);
  });

  test('that is wrong is told in one line', () => {
    expect(() => chosenAssumptions(all, [assumptionChoice('fibre-strech')])).toThrow(
      '--vary-assumption has "fibre-strech", on which this scenario does not rest; did you mean "fibre-stretch"?',
    );
    for (const text of ['', '=1', 'fibre-stretch=', 'fibre-stretch=1,,2'])
      expect(() => assumptionChoice(text)).toThrow(`--vary-assumption is "${text}", expected NAME or NAME=A,B`);
    for (const { name, set } of all)
      expect(() => set('fast')).toThrow(`--vary-assumption has ${name}=fast, expected a number from`);
  });
});
