import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { linksOf, topologyOf } from '../../scenario/topology.ts';

const CSV = 'timestamp,rtt\n0,100\n1,120\n';
const scenarioText = readFileSync('scenarios/atlantic.yaml', 'utf8').replace(
  '{ kind: starlink, pop: lagos }',
  '{ kind: trace, file: traces/lagos.csv }',
);

describe('a trace file that a scenario names', () => {
  let folder = '';
  const scenarioFile = () => join(folder, 'x.yaml');
  const writeTrace = (text: string) => writeFileSync(join(folder, 'traces', 'lagos.csv'), text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-'));
    mkdirSync(join(folder, 'traces'));
    writeFileSync(scenarioFile(), scenarioText);
    writeTrace(CSV);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is found beside the scenario, from any working folder, and played', () => {
    const scenario = readScenario(scenarioFile());
    expect(scenario.files).toEqual({ 'traces/lagos.csv': CSV });
    const { forward } = linksOf(topologyOf(scenario)).get('lagos/access')!;
    expect([0, 1000, 2000].map((atMs) => forward.stateAt(atMs).delayUs)).toEqual([50_000, 60_000, 50_000]);
  });

  test('counts in the hash with its content, not with its date', () => {
    const { hash } = readScenario(scenarioFile());
    writeTrace(CSV);
    expect(readScenario(scenarioFile()).hash).toBe(hash);
    writeTrace(CSV.replace('120', '121'));
    expect(readScenario(scenarioFile()).hash).not.toBe(hash);
  });

  test('is a mistake when it is absent', () => {
    rmSync(join(folder, 'traces', 'lagos.csv'));
    expect(() => readScenario(scenarioFile())).toThrow(/lagos\.csv does not exist, expected a recording/);
  });

  test('is read once, whatever the seed and however many clients it is the access of', () => {
    const two = scenarioText.replace(
      'clients:\n',
      'clients:\n  oyo: { site: lagos, access: { kind: trace, file: traces/lagos.csv } }\n',
    );
    const scenario = parseScenario(two, 'x.yaml', {}, () => CSV);
    const links = [scenario, { ...scenario, seed: 8 }].flatMap((of) => {
      const all = linksOf(topologyOf(of));
      return ['lagos/access', 'oyo/access'].map((path) => all.get(path)!.forward);
    });
    expect(links).toHaveLength(4);
    expect(new Set(links).size).toBe(1);
  });

  test('may be packed by gzip', () => {
    writeFileSync(join(folder, 'traces', 'lagos.csv'), gzipSync(CSV));
    expect(readScenario(scenarioFile()).files).toEqual({ 'traces/lagos.csv': CSV });
  });
});

describe('a recorded link', () => {
  const text = (paths: string, access = '{ kind: fibre }'): string => `schema: 1
name: recorded
sites:
  a: { latDeg: 50, lonDeg: 8, terminal: true }
  b: { latDeg: 51, lonDeg: 0, terminal: true }
router: { site: a }
clients: { u: { site: b, access: ${access} } }
nodes: { n: { site: b, media: [fibre, laser], profile: h100-llama8b, count: 2 } }
paths: ${paths}
load: { ratePerS: 2 }
`;
  const files: Readonly<Record<string, string>> = {
    'leo.csv': 'timestamp,rtt,uplink,downlink\n0,60,10,50\n1,70,20,50\n',
    'apart.csv': 'timestamp,rtt,uplink,downlink\n0,60,-40,100\n1,70,-30,100\n',
    'up.mahi': '1\n',
    'down.mahi': '1000\n',
    'delay.txt': '20\n30\n20\n',
  };
  const read = (paths: string, access?: string) =>
    parseScenario(text(paths, access), 'x.yaml', {}, (name) => files[name]!);
  const linkOf = (paths: string, name: string, access?: string) => linksOf(topologyOf(read(paths, access))).get(name)!;

  test('may be a path from the router, with the outages and faults of that path', () => {
    const paths = '{ a/b: { recorded: { laser: { kind: trace, file: leo.csv } }, outages: [{ fromS: 3, toS: 4 }] } }';
    for (const node of ['n-1', 'n-2']) {
      const { forward, back, foreseen } = linkOf(paths, `${node}/laser`);
      const delaysUs = [0, 1000, 2000].map((atMs) => [forward, back].map((link) => link.stateAt(atMs).delayUs));
      expect(delaysUs).toEqual([
        [10_000, 50_000],
        [20_000, 50_000],
        [10_000, 50_000],
      ]);
      expect([2999, 3000, 3999, 4000].map((atMs) => forward.stateAt(atMs).up)).toEqual([true, false, false, true]);
      expect(foreseen.back.stateAt(500).delayUs).toBe(50_000);
    }
    expect(linkOf(paths, 'n-1/fibre').forward.stateAt(0).delayUs).toBeLessThan(5000);
    expect(read(paths).files).toEqual({ 'leo.csv': files['leo.csv'] });
  });

  test('says once what had to be assumed, and where', () => {
    const paths = '{ a/b: { recorded: { fibre: { kind: trace, file: apart.csv } } } }';
    expect(topologyOf(read(paths)).remarks).toEqual([
      expect.stringMatching(/^paths\.a\/b\.recorded\.fibre: apart\.csv: 2 of 2 pairs of one-way delays are impossible/),
    ]);
  });

  test('may have its rates and its delays in files of their own', () => {
    const { forward, back } = linkOf(
      '{}',
      'u/access',
      '{ kind: mahimahi, up: up.mahi, down: down.mahi, delay: delay.txt }',
    );
    expect([0, 10, 20, 30].map((atMs) => forward.stateAt(atMs).delayUs)).toEqual([20_000, 30_000, 20_000, 20_000]);
    expect([forward, back].map((link) => link.stateAt(5).rateKbps)).toEqual([12_000, 12]);
    expect([0, 10, 20].map((atMs) => forward.nextChangeAfter(atMs))).toEqual([10, 20, 40]);
  });

  test.each([
    [
      'a delay missing',
      '{}',
      '{ kind: mahimahi, up: up.mahi, down: up.mahi }',
      /^x\.yaml:7:34: clients\.u\.access has neither rttMs nor delay/,
    ],
    [
      'two delays',
      '{}',
      '{ kind: mahimahi, up: up.mahi, down: up.mahi, rttMs: 5, delay: delay.txt }',
      /clients\.u\.access has rttMs and delay/,
    ],
    [
      'keys of the model beside it',
      '{ a/b: { fibre: { stretch: 2 }, recorded: { fibre: { kind: trace, file: leo.csv } } } }',
      undefined,
      /^x\.yaml:9:\d+: paths\.a\/b\.fibre has no effect beside recorded\.fibre/,
    ],
    [
      'an unknown format',
      '{ a/b: { recorded: { fibre: { kind: trace, file: leo.csv, format: pcap } } } }',
      undefined,
      /format is "pcap", expected one of auto, probe-csv, ping, irtt, leoreplayer-delay, mahimahi/,
    ],
  ])('with %s is a mistake, with its place', (_, paths, access, message) => {
    expect(() => read(paths, access)).toThrow(message);
  });
});
