import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../scenario/scenario.ts';
import { linksOf, topologyOf } from '../../scenario/topology.ts';

const text = readFileSync('scenarios/atlantic.yaml', 'utf8');
const rainless = linksOf(topologyOf(parseScenario(text, 'x.yaml')));

const linksWith = (paths: string) => linksOf(topologyOf(parseScenario(`${text}\npaths:\n${paths}\n`, 'x.yaml')));
const mistakeOf = (paths: string): string => {
  try {
    linksWith(paths);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('keys of single paths', () => {
  test('apply only to the nodes at that site, over that medium', () => {
    const links = linksWith('  london/ashburn: { fibre: { stretch: 2, hops: 10 }, laser: { lossRate: 0.3 } }');
    const usUp = (name: string) =>
      links.get(name)!.forward.stateAt(0).delayUs - rainless.get(name)!.forward.stateAt(0).delayUs;
    expect(usUp('ashburn-1/fibre')).toBeGreaterThan(15_000);
    expect(usUp('ashburn-2/fibre')).toBe(usUp('ashburn-1/fibre'));
    expect(usUp('frankfurt/fibre')).toBe(0);
    expect(links.get('ashburn-1/laser')!.back.stateAt(0).lossRate).toBeCloseTo(0.3, 9);
    expect(links.get('johannesburg/laser')!.back.stateAt(0).lossRate).toBeLessThan(0.01);
  });

  test('takes a path down for its outages; only planned ones are foreseen', () => {
    const links = linksWith(
      [
        '  london/johannesburg:',
        '    laser: { outages: [{ fromS: 10, toS: 12 }] }',
        '    outages: [{ fromS: 30, toS: 31, planned: true }]',
      ].join('\n'),
    );
    const [laser, fibre] = ['laser', 'fibre'].map((medium) => links.get(`johannesburg/${medium}`)!);
    const ups = ({ forward, back }: Pick<NonNullable<typeof laser>, 'forward' | 'back'>) =>
      [9_000, 11_000, 12_500, 30_500].map((atMs) => forward.stateAt(atMs).up && back.stateAt(atMs).up);
    expect(ups(laser!)).toEqual([true, false, true, false]);
    expect(ups(fibre!)).toEqual([true, true, true, false]);
    expect(ups(laser!.foreseen)).toEqual([true, true, true, false]);
  });

  test.each([
    [
      'a site that is none',
      '  london/ashbrun: {}',
      /^x\.yaml:\d+:19: paths\.london\/ashbrun names "ashbrun", which is no site; did you mean "ashburn"\?$/,
    ],
    [
      'the wrong way round',
      '  frankfurt/london: {}',
      /paths\.frankfurt\/london is no path from the router to the site of a node; expected one of london\/ashburn, /,
    ],
    ['no slash', '  london-ashburn: {}', /paths\.london-ashburn is not a good name: use the site of the router/],
    [
      'a medium that nothing uses',
      '  london/frankfurt: { laser: {} }',
      /paths\.london\/frankfurt\.laser is given, but no node there is reached by laser$/,
    ],
    ['an unknown key', '  london/ashburn: { fibre: { strech: 2 } }', /did you mean "stretch"\?/],
    [
      'an outage that ends before it begins',
      '  london/ashburn: { outages: [{ fromS: 3, toS: 2 }] }',
      /fromS before toS/,
    ],
  ])('is refused with %s', (_, paths, message) => {
    expect(mistakeOf(paths)).toMatch(message);
  });
});

test('rain over a site slows its terminal and the dishes of its users, and no cable; no forecast includes it', () => {
  const rain = 'rain: [{ fromS: 10, toS: 20, lossRate: 0.1, rateFactor: 0.25 }]';
  const wet = text
    .replace('terminal: true } # beside', `terminal: true, ${rain} } # beside`)
    .replace('lonDeg: 3.3792 }', `lonDeg: 3.3792, ${rain} }`);
  const links = linksOf(topologyOf(parseScenario(wet, 'x.yaml')));
  const share = (name: string, atMs: number, foreseen = false) => {
    const [rainy, dry] = [links, rainless].map((all) => (foreseen ? all.get(name)!.foreseen : all.get(name)!));
    return rainy!.forward.stateAt(atMs).rateKbps / dry!.forward.stateAt(atMs).rateKbps;
  };
  for (const name of ['churchill-falls/laser', 'lagos/access']) {
    expect([9_999, 10_000, 19_999, 20_000].map((atMs) => share(name, atMs))).toEqual([1, 0.25, 0.25, 1]);
    expect(share(name, 15_000, true)).toBe(1);
    expect(links.get(name)!.forward.stateAt(15_000).lossRate).toBeGreaterThan(0.1);
  }
  for (const name of ['ashburn-1/laser', 'london/access', 'frankfurt/fibre']) expect(share(name, 15_000)).toBe(1);
});
