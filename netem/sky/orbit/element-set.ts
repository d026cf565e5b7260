import type { SatRec } from 'satellite.js';

/** One satellite as a list of elements gives it. */
export interface ElementSet {
  /** Null where the list has none. */
  readonly name: string | null;
  /** The number in the catalogue, without leading zeros; alpha-5 numbers are written out: `A0001` is 100001. */
  readonly catalogNumber: number;
  readonly epochUnixMs: number;
  /** The elements as SGP4 reads them, WGS72. */
  readonly orbit: SatRec;
  /** Whether the list has newer elements of the same satellite, or has had the same ones. */
  readonly isSuperseded: boolean;
  /** When it came down, where the list says so; Infinity where it does not. */
  readonly decayUnixMs: number;
}

/** The set of an orbit that was read from two lines. */
export const elementSetOf = (
  orbit: SatRec,
  { name = null, catalogNumber = 0 }: Partial<Pick<ElementSet, 'name' | 'catalogNumber'>> = {},
): ElementSet => ({
  name,
  catalogNumber,
  epochUnixMs: epochUnixMs(orbit),
  orbit,
  isSuperseded: false,
  decayUnixMs: Number.POSITIVE_INFINITY,
});

/** The epoch of elements that were read from two lines, in Unix milliseconds. */
export const epochUnixMs = (orbit: Pick<SatRec, 'epochyr' | 'epochdays'>): number => {
  const year = orbit.epochyr < 57 ? 2000 + orbit.epochyr : 1900 + orbit.epochyr;
  return Date.UTC(year, 0, 1) + (orbit.epochdays - 1) * 86_400_000;
};
