import { ConfigError } from '../../core/config/config-error.ts';
import { nearest } from '../../core/config/nearest.ts';
import type { NamedPoint } from './ground-point.ts';

/** A city of GeoNames. */
export interface City {
  readonly name: string;
  /** ISO 3166 code of two letters. */
  readonly country: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [lonDeg: number, latDeg: number] };
}

/**
 * The most populous city with a name, or with `name, CC` (a country code). Case, accents, a final "City" and the text
 * after a comma in the city's name are ignored. If no city has the whole name, a city whose name begins with it is taken.
 * `option` is the option that held the text. @throws ConfigError that suggests similar names.
 */
export const cityNamed = (text: string, option: string, cities: readonly City[]): NamedPoint => {
  const [, name, country] = /^(.*?)(?:,\s*([A-Za-z]{2}))?$/.exec(text.trim())!;
  const wanted = folded(name!);
  const there = country === undefined ? cities : cities.filter((city) => city.country === country.toUpperCase());
  const city =
    mostPopulous(there.filter((candidate) => namesOf(candidate).includes(wanted))) ??
    (wanted === '' ? undefined : mostPopulous(there.filter(({ name }) => folded(name).startsWith(`${wanted} `))));
  if (city === undefined) {
    const place = country === undefined ? '' : ` in ${country.toUpperCase()}`;
    throw new ConfigError(
      option,
      `is "${text}", which is no known city${place}; ${suggestionFor(wanted, there, cities)}`,
    );
  }
  const [lonDeg, latDeg] = city.loc.coordinates;
  return { name: `${city.name}, ${city.country}`, latDeg, lonDeg };
};

const mostPopulous = (cities: readonly City[]): City | undefined =>
  cities.reduce<City | undefined>(
    (most, city) => (most === undefined || city.population > most.population ? city : most),
    undefined,
  );

const namesOf = ({ name }: City): readonly string[] => [
  folded(name),
  folded(name.split(',')[0]!),
  folded(name).replace(/ city$/, ''),
];

/** Lower case without accents and punctuation: `St. John's` and `st johns` are equal. */
const folded = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\p{Mark}.'’]/gu, '')
    .replace(/[-,\s]+/g, ' ')
    .trim()
    .toLowerCase();

const suggestionFor = (wanted: string, there: readonly City[], anywhere: readonly City[]): string => {
  const names = nearNames(wanted, there.length === 0 ? anywhere : there);
  if (names.length === 0) return 'expected the name of a city such as "New York" or "London, GB", or LAT,LON';
  const quoted = names.map((name) => `"${name}"`);
  return `did you mean ${[quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ')}?`;
};

/** Up to three names similar to `wanted`, the most similar first; for equal similarity the larger city first. */
const nearNames = (wanted: string, cities: readonly City[]): readonly string[] => {
  const shown = new Map<string, string>();
  for (const { name, country } of cities.toSorted((a, b) => b.population - a.population)) {
    const key = folded(name);
    if (Math.abs(key.length - wanted.length) <= 3 && !shown.has(key)) shown.set(key, `${name}, ${country}`);
  }
  const found: string[] = [];
  while (found.length < 3) {
    const near = nearest(wanted, [...shown.keys()]);
    if (near === null) break;
    found.push(shown.get(near)!);
    shown.delete(near);
  }
  return found;
};
