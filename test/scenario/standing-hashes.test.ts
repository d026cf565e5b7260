import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { fixedHash, routerHash } from '../../scenario/standing-hashes.ts';

const TWO = readFileSync('test/scenarios/two-routers.yaml', 'utf8');

const read = (text: string, overrides = {}): Scenario => parseScenario(text, 'two.yaml', overrides);

test.each([
  ['a comment', TWO.replace('schema: 1', '# edited\nschema: 1'), [true, true]],
  ['what routers may be told anew', TWO.replace('kind: ephemeris }', 'kind: ephemeris }, subset: 1'), [true, false]],
  ['parameters of one router', TWO.replace('handoverMs: 50', 'handoverMs: 51'), [true, false]],
  ['what a router may know', TWO.replace('{ kind: ephemeris }', '{ kind: none }'), [false, true]],
  ['the site of a router', TWO.replace('europe: { site: london }', 'europe: { site: new-york }'), [false, true]],
  ['a node', TWO.replace('b200-llama8b', 'h100-llama8b'), [false, true]],
  ['the load', TWO.replace(/ratePerS: \d+/, 'ratePerS: 99'), [true, true]],
] as const)('%s changes the hash of those who have to know it', (_what, edited, same) => {
  const [before, after] = [read(TWO), read(edited)];
  expect([fixedHash(after) === fixedHash(before), routerHash(after) === routerHash(before)]).toEqual(same);
});

test('what the command of a load says over the scenario is the business of the load', () => {
  const hash = fixedHash(read(TWO));
  expect(fixedHash(read(TWO, { durationS: 90, ratePerS: 7, seed: 12 }))).toBe(hash);
});
