import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json' with { type: 'json' };
import type { LonLat } from '../links/satellite-ground.ts';

/** Dots of a world map, row by row from the north; 1 where there is land, or a coast. */
export interface CoastDots {
  readonly width: number;
  readonly height: number;
  readonly isLand: Uint8Array;
  readonly isCoast: Uint8Array;
}

/** The dots of land that have water beside them, on an even grid of longitude and latitude. Source: Natural Earth, 1:110 million. */
export const coastDots = (width: number, height: number): CoastDots => {
  const isLand = landDots(width, height);
  const isCoast = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (isLand[at] === 0) continue;
      const east = y * width + ((x + 1) % width);
      const west = y * width + ((x + width - 1) % width);
      const [north, south] = [y === 0 ? at : at - width, y === height - 1 ? at : at + width];
      if ([east, west, north, south].some((beside) => isLand[beside] === 0)) isCoast[at] = 1;
    }
  }
  return { width, height, isLand, isCoast };
};

/** Each ring turns the dots inside it over: land becomes water in a ring within a ring. */
const landDots = (width: number, height: number): Uint8Array => {
  const dots = new Uint8Array(width * height);
  for (const ring of RINGS) {
    for (let y = 0; y < height; y++) {
      const crossings = crossingsOf(ring, 90 - ((y + 0.5) / height) * 180);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        const first = Math.ceil(((crossings[pair]! + 180) / 360) * width - 0.5);
        const end = Math.ceil(((crossings[pair + 1]! + 180) / 360) * width - 0.5);
        for (let x = first; x < end; x++) {
          const at = y * width + (((x % width) + width) % width);
          dots[at] = 1 - dots[at]!;
        }
      }
    }
  }
  return dots;
};

/** Where a ring crosses a latitude, from west to east: between the first two it is inside, and so on. */
const crossingsOf = (ring: readonly LonLat[], latDeg: number): readonly number[] => {
  const found: number[] = [];
  for (let index = 1; index < ring.length; index++) {
    const [[fromLon, fromLat], [toLon, toLat]] = [ring[index - 1]!, ring[index]!];
    if (fromLat > latDeg === toLat > latDeg) continue;
    found.push(fromLon + ((latDeg - fromLat) / (toLat - fromLat)) * (toLon - fromLon));
  }
  return found.sort((a, b) => a - b);
};

/** A ring without jumps at 180 degrees: longitudes go on beyond it. One that goes around a pole is closed over the pole. */
const withoutJumps = (ring: readonly LonLat[]): readonly LonLat[] => {
  let turnsDeg = 0;
  const smooth = ring.map(([lonDeg, latDeg], index): LonLat => {
    const step = index === 0 ? 0 : lonDeg - ring[index - 1]![0];
    if (step > 180) turnsDeg -= 360;
    if (step < -180) turnsDeg += 360;
    return [lonDeg + turnsDeg, latDeg];
  });
  if (turnsDeg === 0) return smooth;
  const poleDeg = smooth[0]![1] < 0 ? -90 : 90;
  return [...smooth, [smooth.at(-1)![0], poleDeg], [smooth[0]![0], poleDeg], smooth[0]!];
};

const LAND = feature(land as unknown as Parameters<typeof feature>[0], 'land') as unknown as {
  readonly features: readonly { readonly geometry: { readonly coordinates: readonly (readonly LonLat[][])[] } }[];
};

const RINGS: readonly (readonly LonLat[])[] = LAND.features.flatMap(({ geometry }) =>
  geometry.coordinates.flat().map(withoutJumps),
);
