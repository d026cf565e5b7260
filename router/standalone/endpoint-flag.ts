import type { z } from 'zod';
import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { addressIn } from './address-in.ts';
import type { endpointSchema } from './standalone-schema.ts';

/** The keys of an endpoint that a flag can have. */
type FlagEndpoint = z.input<typeof endpointSchema>;

/**
 * Reads `NAME=HOST:PORT`, and behind it any of `,medium=laser`, `,weight=2`, `,node=NAME`, `,provider=NAME`, `,tls=true`.
 *
 * @throws ConfigError for anything else.
 */
export const endpointFlag = (text: string): readonly [name: string, endpoint: FlagEndpoint] => {
  const wrong = (what: string): ConfigError => new ConfigError('--endpoint', `is "${text}": ${what}`);
  const [place = '', ...rest] = text.split(',');
  const cut = place.indexOf('=');
  const [name, address] = [place.slice(0, cut), place.slice(cut + 1)];
  if (cut < 1 || addressIn(address, 'a-port') === null) {
    throw wrong('expected NAME=HOST:PORT such as a=127.0.0.1:50061,medium=laser');
  }
  const endpoint: Record<string, unknown> = { address };
  for (const pair of rest) {
    const at = pair.indexOf('=');
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at < 1 || value === '') throw wrong(`"${pair}", expected KEY=VALUE`);
    const read = READ[key as keyof typeof READ];
    if (!Object.hasOwn(READ, key)) throw wrong(`"${key}" is no key; ${suggestion(key, Object.keys(READ))}`);
    if (Object.hasOwn(endpoint, key)) throw wrong(`"${key}" is there twice`);
    const known = read(value);
    if (known === null) throw wrong(`"${value}" is no ${key}, expected ${EXPECTED[key as keyof typeof READ]}`);
    endpoint[key] = known;
  }
  return [name, endpoint as unknown as FlagEndpoint];
};

const READ = {
  medium: (text: string) => (text === 'fibre' || text === 'laser' ? text : null),
  weight: (text: string) => (Number(text) > 0 && Number(text) <= 1e6 ? Number(text) : null),
  node: (text: string) => text,
  provider: (text: string) => text,
  tls: (text: string) => (text === 'true' ? true : null),
};

const EXPECTED: Readonly<Record<keyof typeof READ, string>> = {
  medium: 'fibre or laser',
  weight: 'a number above 0',
  node: 'a name',
  provider: 'a name',
  tls: 'true',
};
