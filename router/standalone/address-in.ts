import type { Address } from '../io/address.ts';

/** The address in `HOST:PORT`, `[V6]:PORT` included; null where it is none. Port 0 only where any port will do. */
export const addressIn = (text: string, port: 'any-port' | 'a-port'): Address | null => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const number = Number(match[3]);
  if (number > 65_535 || (port === 'a-port' && number === 0)) return null;
  return { host: match[1] ?? match[2]!, port: number };
};

/** An address as a person writes it. */
export const addressText = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
