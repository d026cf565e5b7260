import { describe, expect, test } from 'vitest';
import { drawnOverhead, populationOf, populationSchema } from '../../../netem/links/dish-population.ts';
import { userDishSchema } from '../../../netem/links/dish-schema.ts';
import { Network } from '../../../netem/links/network.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { parseScenario } from '../../../scenario/scenario.ts';

const wellServed = populationOf('well-served')!;
const names = Array.from({ length: 2000 }, (_, index) => `homes-${index}`);

describe('a population of dishes', () => {
  test('has ten well-served sites, each drawn as often', () => {
    expect(wellServed.like).toHaveLength(10);
    const counts = new Map(wellServed.like.map(({ heldMedianUs }) => [heldMedianUs, 0]));
    for (const name of names) {
      const { heldMedianUs } = drawnOverhead(wellServed, `1/clients/${name}/population`);
      counts.set(heldMedianUs, counts.get(heldMedianUs)! + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count / 200 - 1)).toBeLessThan(0.3);
  });

  test('gives each client its dish: like one of the sites, with another floor by the spread', () => {
    const logs = names.map((name) => {
      const drawn = drawnOverhead({ ...wellServed, spread: 0.2 }, `1/clients/${name}/population`);
      const site = wellServed.like.find(({ heldMedianUs }) => heldMedianUs === drawn.heldMedianUs)!;
      expect({ ...drawn, floorUs: 0 }).toEqual({ ...site, floorUs: 0 });
      return Math.log(drawn.floorUs / site.floorUs);
    });
    const squares = logs.reduce((sum, log) => sum + log ** 2, 0);
    expect(Math.abs(Math.sqrt(squares / logs.length) / 0.2 - 1)).toBeLessThan(0.1);
    expect(Math.abs(logs.reduce((sum, log) => sum + log, 0) / logs.length)).toBeLessThan(0.02);
  });

  test('without spread is the sites themselves', () => {
    const site = wellServed.like[3]!;
    expect(drawnOverhead({ like: [site], spread: 0 }, 'any')).toEqual(site);
  });
});

describe('in a scenario', () => {
  const text = (network: string, access: string) => `
schema: 1
name: t
sites: { lagos: { latDeg: 6.5, lonDeg: 3.4, terminal: true } }
network: { access: { starlink: { ${network} } } }
router: { site: lagos }
clients: { homes: { site: lagos, access: { kind: starlink, pop: lagos${access} } } }
nodes: { near: { site: lagos, media: [fibre], profile: h100-llama8b } }
load: { ratePerS: 1 }
`;
  const NOTHING = '{ floorUs: 0, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 }';
  const overheadUs = (starlink: object, dish = {}, seed = 1) => {
    const made = (config: object, own: object) =>
      new Network({
        config: networkSchema.parse({ access: { starlink: config } }),
        epochUnixMs: 0,
        seed,
      }).access({
        client: { name: 'homes', latDeg: 6.5, lonDeg: 3.4, terminal: false },
        kind: 'starlink',
        pop: 'lagos',
        dish: userDishSchema.parse(own),
        to: { name: 'lagos', latDeg: 6.5, lonDeg: 3.4, terminal: true },
      }).forward;
    const none = { floorUs: 0, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 };
    return made(starlink, dish).stateAt(5000).delayUs - made({ overhead: none }, {}).stateAt(5000).delayUs;
  };
  const plain = (floorUs: number) => ({ floorUs, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 });

  test('takes the place of the overhead beside it; what a client says itself counts over what is drawn', () => {
    const population = { like: [plain(5000)], spread: 0 };
    expect(overheadUs({ overhead: plain(9000), population })).toBeCloseTo(5000, 6);
    expect(overheadUs({ overhead: plain(9000) }, { population })).toBeCloseTo(5000, 6);
    expect(overheadUs({ population }, { population: 'none', overhead: plain(1000) })).toBeCloseTo(1000, 6);
    expect(overheadUs({ population }, { overhead: { floorUs: 2000 } })).toBeCloseTo(2000, 6);
    expect(populationSchema.parse({ like: [plain(1)] })).toMatchObject({ spread: wellServed.spread });
  });

  test.each([
    ['a name that is none', 'population: well-severd', '', /network\.access\.starlink\.population is "well-severd"/],
    ['no site to be like', 'population: { like: [] }', '', /population\.like/],
    [
      'an unknown key of a site',
      '',
      `, population: { like: [{ flor: 3 }] }`,
      /clients\.homes\.access\.population\.like\[0\]\.flor/,
    ],
  ])('is refused with %s', (_, network, access, message) => {
    expect(() => parseScenario(text(network, access), 't.yaml')).toThrow(message);
    expect(() => parseScenario(text(`overhead: ${NOTHING}`, ', population: well-served'), 't.yaml')).not.toThrow();
  });
});
