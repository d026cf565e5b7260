import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const ISS = `0 ISS (ZARYA)
1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537
`;
const DECAYED = readFileSync('test/netem/sky/orbit/decayed.tle', 'utf8');
const scenarioText = (constellation: string, epoch = ''): string => `schema: 1
name: listed
${epoch}
network:
  constellation: ${constellation}
sites:
  a: { latDeg: 0, lonDeg: -100.661, terminal: true }
  b: { latDeg: 0.05, lonDeg: -100.661, terminal: true }
router: { site: a }
clients: { u: { site: a, access: { kind: fibre } } }
nodes: { n: { site: b, media: [laser], profile: h100-llama8b } }
load: { ratePerS: 2 }
`;

describe('elements in a file that a scenario names', () => {
  let folder = '';
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const read = (constellation = '{ elementsFile: sky/gp.tle }', epoch = '') => {
    write('x.yaml', scenarioText(constellation, epoch));
    return readScenario(join(folder, 'x.yaml'));
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-'));
    mkdirSync(join(folder, 'sky'));
    write('sky/gp.tle', ISS);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are found beside the scenario, and count in its hash with their text', () => {
    const { hash, files } = read();
    expect(files).toEqual({ 'sky/gp.tle': ISS });
    write('sky/gp.tle', ISS.replace('ZARYA', 'OTHER'));
    expect(read().hash).not.toBe(hash);
  });

  test('start a run without an epoch, in whole seconds; a list in the scenario does so too', () => {
    expect(read().epoch).toBe('2008-09-20T12:25:41Z');
    expect(read(`\n    tle: |\n${ISS.replace(/^/gm, '      ')}`).epoch).toBe('2008-09-20T12:25:41Z');
    expect(read(undefined, 'epoch: 2011-01-01T00:00:00Z').epoch).toBe('2011-01-01T00:00:00Z');
    expect(read('{ preset: starlink-s1 }').epoch).toBe('2026-01-01T00:00:00Z');
  });

  test('are written beside the resolved scenario, which gives the same run', () => {
    const resolved = resolvedScenario(read());
    expect(resolved.files).toEqual({ 'trace-1.tle': ISS });
    expect(resolved.yaml).toContain('elementsFile: trace-1.tle');
    expect(resolved.yaml).not.toContain('25544');
    write('resolved.yaml', resolved.yaml);
    write('trace-1.tle', ISS);
    expect(resolvedScenario(readScenario(join(folder, 'resolved.yaml')))).toEqual(resolved);
  });

  test('that are three years old, or decayed, are told before the run', () => {
    expect(topologyOf(read()).remarks).toEqual(['elements: 1 of 1 satellites are usable at 2008-09-20T12:25:41Z']);
    expect(topologyOf(read(undefined, 'epoch: 2011-09-20T00:00:00Z')).remarks).toEqual([
      expect.stringMatching(/^elements: 1 of 1 satellites are usable/),
      expect.stringMatching(/1 of 1 are more than 14 days old .* \(the oldest 1094\.5 days\)/),
    ]);
    write('sky/gp.tle', DECAYED);
    const fallen = topologyOf(read(undefined, 'epoch: 2026-01-01T00:00:00Z'));
    expect(fallen.remarks[0]).toMatch(/0 of 1 satellites are usable .*; 1 have decayed \(below 160 km\)/);
    const { forward } = fallen.endpoints[0]!.links;
    for (let atMs = 0; atMs < 6_000_000; atMs += 60_000) expect(forward.stateAt(atMs).up).toBe(false);
  });

  test('with a mistake are refused with the place in their file', () => {
    write('sky/gp.tle', ISS.replace('247.4627', '248.4627'));
    expect(() => read()).toThrow(/^sky\/gp\.tle:3:1: ends in 7, but its checksum is 8$/);
  });

  test('may be more than a configuration: a list of 12,000 satellites', () => {
    const many = Array.from({ length: 12_000 }, () => ISS)
      .join('')
      .replaceAll('25544', '00000');
    const digits = (line: string) =>
      [...line.slice(0, 68)].reduce((sum, c) => sum + (c === '-' ? 1 : Number(c) || 0), 0);
    write(
      'sky/gp.tle',
      many.replace(/^[12] .*$/gm, (line) => `${line.slice(0, 68)}${digits(line) % 10}`),
    );
    expect(topologyOf(read()).remarks[0]).toMatch(/^elements: 12000 of 12000/);
  });

  test.each([
    [
      'no such file',
      '{ elementsFile: none.tle }',
      /x\.yaml:5:34: .*elementsFile names a file: .*none\.tle does not exist, expected elements$/,
    ],
    ['a file and a text', '{ elementsFile: sky/gp.tle, tle: "a\\nb" }', /elementsFile is "sky\/gp\.tle", excludes tle/],
    [
      'a name as the text',
      '{ tle: sky/gp.tle }',
      /tle is "sky\/gp\.tle", is one line; expected the text of elements, or elementsFile/,
    ],
    [
      'a wrong text',
      '{ tle: "1 25544U\\n2 25544" }',
      /^.*x\.yaml:5:25: network\.constellation\.tle line 1 has 8 characters/,
    ],
  ])('with %s is a mistake of the scenario, with its place', (_, constellation, message) => {
    expect(() => read(constellation)).toThrow(message);
  });
});
