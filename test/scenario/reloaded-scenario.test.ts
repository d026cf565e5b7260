import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { reloadRules } from '../../router/reload-rules.ts';
import { routerSchema } from '../../router/schema.ts';
import { reloadedScenario } from '../../scenario/reloaded-scenario.ts';
import { routerPlansOf } from '../../scenario/router-plan.ts';
import { parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { arbitraryOfSchema } from '../router/arbitrary-of-schema.ts';

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8');
const TWO = readFileSync('test/scenarios/two-routers.yaml', 'utf8');

const POLICY = (endpoint: number): string => `
export const schema = (z) => z.strictObject({});
export const create = () => ({ name: 'mine', pick: (request, endpoints) => ({ kind: 'pick', endpoint: endpoints.candidates[${endpoint}], costMs: 0, predictedMs: Number.NaN }) });`;

const withRouter = (keys: string, text = PAIR): string => text.replace('{ site: london }', `{ site: london, ${keys} }`);

const reload = (
  before: string,
  after: string,
  options: {
    readonly policies?: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
    readonly set?: readonly string[];
  } = {},
) => {
  const { policies = ['random'], files = {}, set = [] } = options;
  const texts = { './mine.ts': POLICY(0) } as Readonly<Record<string, string>>;
  const running: Scenario = parseScenario(before, 'pair.yaml', { set }, (named) => texts[named]!);
  return reloadedScenario(running, {
    text: after,
    file: 'pair.yaml',
    overrides: { set },
    textOf: (named) => ({ ...texts, ...files })[named]!,
    policies,
  });
};

describe('an edited scenario', () => {
  test('gives the router its new values, and says of each key what it was and what it is', () => {
    const { scenario, changes } = reload(
      withRouter('ejection: { baseS: 10 }, drainS: 3'),
      withRouter('ejection: { consecutive: 2 }, drainS: 3, subset: 1, retry: { codes: [UNAVAILABLE, INTERNAL] }'),
    );
    expect(changes).toEqual([
      { key: 'router.retry.codes', from: '["UNAVAILABLE"]', to: '["UNAVAILABLE","INTERNAL"]' },
      { key: 'router.subset', from: 'all', to: 1 },
      { key: 'router.ejection.consecutive', from: 5, to: 2 },
      { key: 'router.ejection.baseS', from: 10, to: 30 },
    ]);
    expect(scenario.router.ejection).toMatchObject({ consecutive: 2, baseS: 30 });
    expect(routerPlansOf(scenario)[0]!.config.subset).toBe(1);
  });

  test('in which nothing is another value changes nothing, whatever its comments', () => {
    expect(reload(PAIR, `# edited\n${PAIR}`).changes).toEqual([]);
    expect(reload(PAIR, withRouter('ejection: { consecutive: 5 }')).changes).toEqual([]);
  });

  test('keeps what the command line says', () => {
    const set = ['router.ejection.consecutive=9'];
    const { scenario, changes } = reload(PAIR, withRouter('ejection: { consecutive: 2, baseS: 10 }'), { set });
    expect(changes.map(({ key }) => key)).toEqual(['router.ejection.baseS']);
    expect(scenario.router.ejection.consecutive).toBe(9);
  });

  test('may change the parameters of one of several routers', () => {
    const after = TWO.replace(
      'europe: { site: london',
      'europe: { site: london, policies: { peak-ewma: { untriedMs: 77 } }',
    );
    const { scenario, changes } = reload(TWO, after);
    expect(changes).toEqual([expect.objectContaining({ key: expect.stringMatching(/^routers\.\w+\.policies/) })]);
    expect(routerPlansOf(scenario).filter(({ config }) => config.policies['peak-ewma'].untriedMs === 77)).toHaveLength(
      1,
    );
  });

  test('may change what a variant means, and the text of a policy', () => {
    const before = withRouter('variants: { fast: { use: peak-ewma }, own: { use: ./mine.ts } }');
    const after = withRouter('variants: { fast: { use: random }, own: { use: ./mine.ts } }');
    const edited = reload(before, after, { policies: ['fast', 'own'], files: { './mine.ts': POLICY(1) } });
    expect(edited.changes).toEqual([
      { key: 'router.variants.fast.use', from: 'peak-ewma', to: 'random' },
      { key: 'router.variants.own.use', from: './mine.ts', to: './mine.ts, edited' },
    ]);
    expect(edited.scenario.files['./mine.ts']).toBe(POLICY(1));
  });
});

describe('is refused with the place, the value and what was expected', () => {
  const line = (key: string, text: string): number => text.split('\n').findIndex((each) => each.includes(key)) + 1;

  test.each([
    ['a data path', PAIR, withRouter('dataPath: node-http2'), 'router.dataPath is node-http2 and was frames'],
    ['what is known of paths', PAIR, withRouter('knowledge: { kind: none }'), 'router.knowledge.kind is none and was'],
    [
      'the site of a router',
      TWO,
      TWO.replace('site: new-york, policies', 'site: ashburn, policies'),
      'routers.america.site is ashburn and was',
    ],
    ['another part', PAIR, PAIR.replace(/ratePerS: \d+/, 'ratePerS: 999'), 'load.ratePerS is 999 and was'],
    ['a key that nobody knows', PAIR, withRouter('ejektion: {}'), 'ejektion'],
    ['a value out of bounds', PAIR, withRouter('maxAttempts: 9'), 'router.maxAttempts is 9'],
  ])('%s', (_what, before, after, message) => {
    expect(() => reload(before, after)).toThrow(/^pair\.yaml:\d+:\d+: /);
    expect(() => reload(before, after)).toThrow(message);
  });

  test('a policy that runs and has no name any more', () => {
    const before = withRouter('variants: { fast: { use: peak-ewma } }');
    const after = withRouter('variants: { slow: { use: peak-ewma } }');
    expect(reload(before, after).changes).not.toEqual([]);
    expect(() => reload(before, after, { policies: ['fast'] })).toThrow(`pair.yaml:${line('variants', after)}:`);
    expect(() => reload(before, after, { policies: ['fast'] })).toThrow('has no "fast" any more');
  });

  test('a policy whose new text cannot run', () => {
    const before = withRouter('variants: { own: { use: ./mine.ts } }');
    expect(() => reload(before, before, { files: { './mine.ts': 'export const create = 1;' } })).toThrow('mine.ts');
  });
});

test('every key of the router takes every valid value, or refuses each that differs, as its rule says', () => {
  const keys = Object.keys(routerSchema.shape) as (keyof typeof routerSchema.shape)[];
  const keyAndValue = fc
    .constantFrom(...keys)
    .chain((key) => arbitraryOfSchema(routerSchema.shape[key]).map((value: unknown) => ({ key, value })));
  const document = parse(PAIR) as { readonly router: object };
  fc.assert(
    fc.property(keyAndValue, ({ key, value }) => {
      const after = stringify({ ...document, router: { ...document.router, [key]: value } });
      const isOther = parseScenario(after, 'pair.yaml').router[key];
      const was = parseScenario(PAIR, 'pair.yaml').router[key];
      if (reloadRules[key] === 'restart' && JSON.stringify(isOther) !== JSON.stringify(was)) {
        expect(() => reload(PAIR, after)).toThrow(`router.${key}`);
        return;
      }
      const { scenario, changes } = reload(PAIR, after);
      expect(scenario.router[key]).toEqual(isOther);
      expect(changes.every(({ key: changed }) => `${changed}.`.startsWith(`router.${key}.`))).toBe(true);
    }),
  );
});
