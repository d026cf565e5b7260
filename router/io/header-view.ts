import type { IncomingHttpHeaders } from 'node:http2';

/** The headers of a request or an answer, as far as the router reads them: a data path that keeps bytes need not build objects. */
export interface HeaderView {
  /** The value of a header, by its lower-case name; the first value where it repeats. */
  get(name: string): string | undefined;
  /** A value that is a whole number from 0; null for any other. */
  count(name: string): number | null;
}

export const headerViewOf = (headers: IncomingHttpHeaders): HeaderView => {
  const get = (name: string): string | undefined => {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? undefined : String(first); // node:http2 has `:status` as a number
  };
  return { get, count: (name) => countIn(get(name)) };
};

/** A whole number from 0 of at most `MOST_DIGITS`, or null. */
export const countIn = (header: string | undefined): number | null => {
  if (header === undefined || header === '' || header.length > MOST_DIGITS) return null;
  let count = 0;
  for (let at = 0; at < header.length; at++) {
    const digit = header.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return null;
    count = 10 * count + digit;
  }
  return count;
};

/** Each number of so many digits is exact. */
export const MOST_DIGITS = 15;

const ZERO = 0x30;
