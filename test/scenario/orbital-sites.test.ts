import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const text = readFileSync('scenarios/orbital.yaml', 'utf8');
const site = /satellite: \{ shell: 0.*\}/;

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

test('the orbital scenario reaches its node in orbit over laser alone', () => {
  const { endpoints } = topologyOf(parseScenario(text, 'x.yaml'));
  expect(endpoints.map(({ name }) => name)).toContain('od1/laser');
});

test('a router may be in orbit when its users have dishes and its nodes lasers', () => {
  const moved = text
    .replace('  site: london\n', '  site: od1\n')
    .replace(/\{ kind: fibre \}/, '{ kind: starlink, pop: london }')
    .replace(/ {2}frankfurt: \{ site.*\n/, '')
    .replace('[fibre, laser]', '[laser]');
  expect(topologyOf(parseScenario(moved, 'x.yaml')).clients).toHaveLength(2);
});

describe('a mistake is reported in one line', () => {
  test.each([
    [
      'a shell that is none',
      site,
      'satellite: { shell: 1, plane: 3, index: 7 } }',
      /^x\.yaml:\d+:\d+: sites\.od1\.satellite\.shell is 1, but there are 1 shells; expected 0 to 0$/,
    ],
    [
      'a plane that is none',
      site,
      'satellite: { shell: 0, plane: 72, index: 7 } }',
      /sites\.od1\.satellite\.plane is 72, but there are 72 planes/,
    ],
    [
      'a number too high',
      site,
      'satellite: 1584 }',
      /sites\.od1\.satellite is 1584, but there are 1584 satellites; expected 0 to 1583$/,
    ],
    [
      'a misspelt part',
      site,
      'satellite: { shell: 0, plain: 3, index: 7 } }',
      /^x\.yaml:\d+:\d+: sites\.od1\.satellite/,
    ],
    [
      'both kinds of site',
      site,
      'satellite: 73, latDeg: 4 }',
      /sites\.od1\.latDeg is 4, but the site is on board a satellite/,
    ],
    [
      'neither kind of site',
      site,
      'terminal: true }',
      /sites\.od1\.latDeg is missing; expected a latitude, or satellite/,
    ],
    [
      'a misspelt latitude',
      'latDeg: 50.1109',
      'latDegg: 50.1109',
      /sites\.frankfurt\.latDegg is not a known key; did you mean "latDeg"/,
    ],
    [
      'fibre into orbit',
      '[laser], profile: h100',
      '[laser, fibre], profile: h100',
      /^x\.yaml:\d+:\d+: nodes\.od1\.media\[1\] is fibre, but site "od1" is in orbit; expected laser alone$/,
    ],
    [
      'users in orbit',
      'singapore: { site: singapore',
      'singapore: { site: od1',
      /clients\.singapore\.site is "od1", which is in orbit/,
    ],
    [
      'cables to a router in orbit',
      '  site: london\n',
      '  site: od1\n',
      /clients\.london\.access\.kind is fibre, but the router at "od1" is in orbit; expected starlink$/,
    ],
  ])('%s', (_, from, to, message) => {
    const said = mistakeWith(from, to);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
  });
});
