import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { tunedScenario } from '../../../../hosts/study/tune/tuned-scenario.ts';

const TEXT = `# What this scenario is for.
schema: 1
router:
  site: london # near the users
  policies: { ephemeris: { lossMs: 200 } } # measured
load: { trace: ./a.csv, ratePerS: 8 }
`;
const NONE = { file: 's.yaml', renamed: new Map<string, string>(), head: [] };

test('other values change nothing else, and comments stay', () => {
  const changes = { 'router.policies.ephemeris.spread': 0.12, 'router.ewma.tauMs': 900 };
  const text = tunedScenario(TEXT, { ...NONE, changes, head: ['tuned'] });
  expect(text).toBe(`# tuned
# What this scenario is for.
schema: 1
router:
  site: london # near the users
  policies: { ephemeris: { lossMs: 200, spread: 0.12 } } # measured
  ewma:
    tauMs: 900
load: { trace: ./a.csv, ratePerS: 8 }
`);
});

test('without other values the text is that of the scenario', () => {
  expect(tunedScenario(TEXT, { ...NONE, changes: {} })).toBe(TEXT);
});

test('files are found from where the text will be', () => {
  const text = tunedScenario(TEXT, { ...NONE, changes: {}, renamed: new Map([['./a.csv', '../../s/a.csv']]) });
  expect(parse(text).load.trace).toBe('../../s/a.csv');
});

test('a place that is an alias is refused with its place', () => {
  const aliased = 'usual: &u { ephemeris: {} }\nrouter: { policies: *u }\n';
  expect(() => tunedScenario(aliased, { ...NONE, changes: { 'router.policies.ephemeris.spread': 1 } })).toThrow(
    's.yaml has an alias at router.policies; expected its keys there',
  );
});
