import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { type Overrides, parseScenario } from '../../scenario/scenario.ts';

const SCENARIOS = [...readdirSync('scenarios').map((name) => `scenarios/${name}`), 'test/scenarios/pair.yaml'].filter(
  (name) => name.endsWith('.yaml'),
);
const overrides: fc.Arbitrary<Overrides> = fc.record(
  {
    seed: fc.nat(),
    durationS: fc.integer({ min: 200, max: 1000 }), // longer than any warm-up
    ratePerS: fc.double({ min: 0.01, max: 50, noNaN: true }),
  },
  { requiredKeys: [] },
);

const WITH_TRACES = `
schema: 1
name: traced
sites:
  london: { latDeg: 51.5, lonDeg: -0.1 }
  paris: { latDeg: 48.9, lonDeg: 2.4 }
router: { site: london }
clients:
  a: { site: london, access: { kind: mahimahi, up: ../up.mahi, down: deep/down.mahi, rttMs: 20 } }
  b: { site: paris, access: { kind: mahimahi, up: ../up.mahi, down: ../up.mahi, rttMs: 20 } }
nodes:
  paris: { site: paris, media: [fibre], profile: h100-llama8b }
load: { ratePerS: 1, trace: mine.csv }
`;
const FILES: Readonly<Record<string, string>> = {
  '../up.mahi': '1\n2\n',
  'deep/down.mahi': '3\n4\n',
  'mine.csv': 'csv',
};
const traced = (files = FILES, text = WITH_TRACES) => parseScenario(text, 'x.yaml', {}, (name) => files[name]!);

describe('a resolved scenario', () => {
  test('is a scenario file that resolves to itself: the same text, the same hash, overrides applied', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCENARIOS), overrides, (file, over) => {
        const { ratePerS, ...others } = over;
        const hasUsers = /^ {2}users:/m.test(readFileSync(file, 'utf8')); // a load of users has no rate
        const scenario = readScenario(file, hasUsers ? others : over);
        const resolved = resolvedScenario(scenario);
        const again = parseScenario(resolved.yaml, 'scenario.resolved.yaml');
        expect(resolvedScenario(again)).toEqual(resolved);
        expect({ ...again, hash: '' }).toEqual({ ...JSON.parse(JSON.stringify(scenario)), hash: '' });
      }),
      { numRuns: 30 },
    );
  });

  test('has equal hashes for files with equal meaning, and different ones otherwise', () => {
    const text = 'schema: 1\nname: traced\n';
    const plain = resolvedScenario(traced()).hash;
    const reordered = WITH_TRACES.replace(text, '# a remark\nname: traced\nschema: 1\nseed: 1\n');
    expect(resolvedScenario(traced(FILES, reordered)).hash).toBe(plain);
    for (const [from, to] of [['ratePerS: 1', 'ratePerS: 2'] as const, ['rttMs: 20', 'rttMs: 21'] as const]) {
      expect(resolvedScenario(traced(FILES, WITH_TRACES.replace(from, to))).hash).not.toBe(plain);
    }
  });

  test('hashes otherwise where clients or nodes are in another order: they draw and are picked in that order', () => {
    const [a = '', b = ''] = WITH_TRACES.match(/ {2}[ab]: .*\n/g) ?? [];
    const swapped = traced(FILES, WITH_TRACES.replace(a + b, b + a));
    expect(Object.keys(swapped.clients)).toEqual(['b', 'a']);
    expect(resolvedScenario(swapped).hash).not.toBe(resolvedScenario(traced()).hash);
  });

  test('includes its traces under names in one folder, and hashes their content', () => {
    const resolved = resolvedScenario(traced());
    expect(resolved.files).toEqual({ 'trace-1.mahi': '1\n2\n', 'trace-2.mahi': '3\n4\n', 'trace-3.csv': 'csv' });
    const again = parseScenario(resolved.yaml, 'scenario.resolved.yaml', {}, (name) => resolved.files[name]!);
    expect(again.load.trace).toBe('trace-3.csv');
    expect(resolvedScenario(again)).toEqual(resolved);
    expect(resolvedScenario(traced({ ...FILES, 'mine.csv': 'other' })).hash).not.toBe(resolved.hash);
    const changed = resolvedScenario(traced({ ...FILES, 'deep/down.mahi': '5\n' }));
    expect(changed.hash).not.toBe(resolved.hash);
  });
});
