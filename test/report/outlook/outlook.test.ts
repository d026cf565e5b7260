import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assumptionsOf } from '../../../report/outlook/assumptions.ts';
import { outlookOf } from '../../../report/outlook/outlook.ts';
import { evenSplitNotes, outlookWarnings } from '../../../report/outlook/outlook-warnings.ts';
import { shareText } from '../../../report/outlook/share-text.ts';
import { traceOf } from '../../../scenario/io/trace-of.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');

const outlookIn = (text: string) => {
  const scenario = parseScenario(text, 'x.yaml');
  const topology = topologyOf(scenario);
  const work = outlookOf(scenario, topology, traceOf(scenario));
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) {
      return { outlook: step.value, warnings: outlookWarnings(scenario, topology, step.value) };
    }
  }
};

describe('the load of a run', () => {
  test('is in proportion to its rate, and what nodes serve is not', () => {
    const [slow, fast] = [8, 16].map((ratePerS) => outlookIn(TEXT.replace('ratePerS: 8', `ratePerS: ${ratePerS}`)));
    // Another rate takes another stretch of the trace, so that what is served differs a little too.
    expect(fast!.outlook.load.bestLoad! / slow!.outlook.load.bestLoad!).toBeCloseTo(2, 0);
    expect(slow!.warnings).toEqual([]);
  });

  test('is split evenly over endpoints that are ever up, as round-robin does', () => {
    const { load } = outlookIn(TEXT).outlook;
    const [ashburn, frankfurt] = load.nodes;
    expect(ashburn!.evenLoad! * ashburn!.servedPerS).toBeCloseTo((8 * 2) / 3, 9);
    expect(frankfurt!.evenLoad! * frankfurt!.servedPerS).toBeCloseTo(8 / 3, 9);
    const dark = outlookIn(TEXT.replace('latDeg: 51.5074', 'latDeg: 64')).outlook.load.nodes;
    expect(dark[0]!.evenLoad! * dark[0]!.servedPerS).toBeCloseTo(8 / 2, 9);
  });

  test('is warned of when all nodes together cannot serve it, and when they hardly can', () => {
    const { servedPerS } = outlookIn(TEXT).outlook.load;
    const at = (share: number) =>
      outlookIn(TEXT.replace('ratePerS: 8', `ratePerS: ${(servedPerS * share).toFixed(1)}`)).warnings;
    expect(at(2).join()).toMatch(
      /requests a second are offered, and all nodes together serve about .*: queues grow under every/,
    );
    expect(at(0.5)).toEqual([]);
    const { nodes } = outlookIn(TEXT).outlook.load;
    const even = (ratePerS: number) =>
      evenSplitNotes(outlookIn(TEXT.replace('ratePerS: 8', `ratePerS: ${ratePerS}`)).outlook.load);
    expect(even(8)).toEqual([]);
    // Two of the three endpoints are those of ashburn.
    expect(even(Math.round(1.6 * nodes[0]!.servedPerS * 1.5))[0]).toMatch(
      /^an even split gives node ashburn 1\.\d\d times what it serves/,
    );
  });

  test('counts a node as far as it takes requests: start-up, drain, quota, cache', () => {
    const served = (keys: string) => {
      const text = TEXT.replace('profile: b200-llama8b', `profile: b200-llama8b, ${keys}`);
      const { outlook, warnings } = outlookIn(text);
      return { ...outlook.load.nodes[1]!, warnings };
    };
    const whole = served('provider: own').servedPerS;
    expect(served('dataParallel: 3').servedPerS).toBeCloseTo(3 * whole, 9);
    expect(served('startUpS: 1.5').servedPerS).toBeCloseTo(whole / 2, 9);
    expect(served('drainAtS: 0').warnings.join()).toMatch(/node frankfurt takes no request in this run/);
    expect(served('capacity: { tokensPerMinute: 6000 }')).toMatchObject({ boundBy: 'tokens-per-minute' });
    // Two servers, each busy for 500 ms with a request: 4 a second.
    const taken = served('ingestTokenUs: 0, apiServers: { count: 2, busyMs: 500 }');
    expect(taken).toMatchObject({ servedPerS: 4, boundBy: 'api-servers' });
    expect(served('apiServers: { count: 64 }').servedPerS).toBeCloseTo(whole, 9);
    expect(served('capacity: { powerW: 300 }').servedPerS).toBeLessThan(0.9 * whole);
    const tight = served('limits: { kvTokens: 600 }');
    expect(tight.tooLongShare).toBeGreaterThan(0);
    expect(tight.warnings.join()).toMatch(
      /node frankfurt refuses .* % of the requests: they do not fit into its cache/,
    );
    expect(served('limits: { kvTokens: 64 }')).toMatchObject({ servedPerS: 0, evenLoad: null, boundBy: 'too-long' });
  });
});

describe('warnings', () => {
  test('name a fault that holds requests when the run ends, unless the run waits as long as a request may take', () => {
    const withFault = (forS: number, drainS: number): readonly string[] =>
      outlookIn(
        `${TEXT.replace('drainS: 4', `drainS: ${drainS}`)}faults:\n  token: a-token-of-16-characters\n  timeline: [{ atS: 2, forS: ${forS}, node: ashburn, kind: blackhole }]\n`,
      ).warnings;
    expect(withFault(600, 4)).toEqual([
      'fault blackhole of node ashburn from 2.0 s on lasts beyond the end, and the run waits 4 s for requests that may take 60 s: those that it holds will be open; set drainS to 60',
    ]);
    expect(withFault(3, 4)).toEqual([]);
    expect(withFault(600, 60)).toEqual([]);
  });

  test('name paths that are never or rarely up, and outages that no request survives', () => {
    const down = (spans: string, more = '') =>
      outlookIn(
        `${TEXT.replace('durationS: 3', 'durationS: 300')}paths:\n  london/ashburn: { outages: [${spans}] }\n${more}`,
      ).warnings;
    expect(down('{ fromS: 0, toS: 400 }').join('\n')).toMatch(
      /^path ashburn\/fibre is never up in this run: outages$/m,
    );
    expect(down('{ fromS: 0, toS: 400 }').join('\n')).toMatch(/^node ashburn cannot be reached/m);
    expect(down('{ fromS: 0, toS: 152 }')[0]).toBe('path ashburn/fibre is up 50 % of this run: outages');
    expect(down('{ fromS: 10, toS: 20 }')).toEqual([]);
    const impatient = TEXT.replace('durationS: 3', 'durationS: 300').replace(
      'ratePerS: 8',
      'ratePerS: 1, deadlineS: 5',
    );
    expect(outlookIn(`${impatient}paths:\n  london/ashburn: { outages: [{ fromS: 50, toS: 56 }] }\n`).warnings[0]).toBe(
      'path ashburn/fibre is down 6.0 s from 50.0 s on, longer than a request may take (5 s): outages',
    );
  });

  test('name elements that are old or all lost, and not those that are only counted', () => {
    const iss = `1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537`;
    const warned = (epoch: string) => {
      const text = TEXT.replace(/^epoch: .*$/m, `epoch: ${epoch}`);
      return outlookIn(
        `${text}network:\n  constellation:\n    tle: |\n${iss.replace(/^/gm, '      ')}\n`,
      ).warnings.filter((line) => line.startsWith('elements'));
    };
    expect(warned('2008-09-21T00:00:00Z')).toEqual([]);
    expect(warned('2008-11-01T00:00:00Z')).toEqual([expect.stringMatching(/1 of 1 are more than 14 days old/)]);
    expect(warned('2100-01-01T00:00:00Z')[0]).toMatch(/0 of 1 satellites are usable/);
  });

  test('name users who cannot reach the router', () => {
    expect(outlookIn(TEXT.replace('latDeg: 6.5244', 'latDeg: -70')).warnings).toEqual([
      expect.stringMatching(/^path lagos\/access is never up in this run: site lagos at 70 degrees south/),
      'client lagos cannot reach the router: its requests stay open to the end',
    ]);
  });

  test.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.999999, 'more than 99.99 %'],
    [0.0000001, 'less than 0.01 %'],
    [0.9893, '98.93 %'],
    [0.5, '50 %'],
  ])('a share of %d is %s', (share, text) => {
    expect(shareText(share)).toBe(text);
  });
});

test('only what a scenario uses is named as assumed', () => {
  const assumed = (text: string): string => assumptionsOf(parseScenario(text, 'x.yaml')).join('\n');
  expect(assumed(TEXT)).toMatch(/terminals add[\s\S]*dish of users/);
  const onCables = TEXT.replace('media: [fibre, laser]', 'media: [fibre]').replace(
    'kind: starlink, pop: lagos',
    'kind: fibre',
  );
  expect(assumed(onCables)).not.toMatch(/satellites|terminals|dish/);
  expect(assumed(TEXT)).not.toMatch(/datasheet|heat|load their weights|API server/);
  const keys = 'onDemand: { loadGBs: 4 }, apiServers: {}';
  const cold = TEXT.replace('profile: b200-llama8b', `profile: b200-llama8b, ${keys}`);
  expect(assumed(cold)).toMatch(/time to load their weights[\s\S]*busy is given by the scenario/);
  expect(assumed(TEXT)).toMatch(/Linux TCP: a first window of 10 segments/);
  expect(assumed(`${TEXT}network: { transport: { model: ideal } }\n`)).toMatch(/no window, and a lost packet/);
  const device = 'parametersB: 8, memoryGB: 80, bandwidthGBs: 2000, tflops: 400';
  const model = 'layers: 32, hiddenSize: 4096, weightGB: 16, kvBytesPerToken: 131072';
  const derived = TEXT.replace('profile: b200-llama8b', `profile: { id: own, derive: { ${device}, ${model} } }`);
  expect(assumed(derived)).toContain('the steps of frankfurt come from a datasheet');
});

test('a hedge that can never begin is warned of', () => {
  const withHedge = (keys: string) =>
    outlookIn(
      TEXT.replace('router: { site: london }', `router: { site: london, hedge: { after: { ms: 100 } }, ${keys} }`),
    ).warnings;
  expect(withHedge('maxAttempts: 2')).toEqual([]);
  expect(withHedge('maxAttempts: 1')).toEqual([
    'router.hedge has no effect: router.maxAttempts is 1, expected at least 2',
  ]);
});
