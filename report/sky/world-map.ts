import { geoDistance, geoInterpolate } from 'd3-geo';
import type { LonLat } from '../links/satellite-ground.ts';
import { coastDots } from './coast.ts';
import { cellAt, type MapGrid } from './map-grid.ts';
import type { SceneSatellite, SkyScene } from './sky-scene.ts';
import type { Stop } from './stop.ts';

/** What a cell of a map shows; where several fall together, the last of this list. */
export const CELL_KINDS = [
  'sea',
  'coast',
  'shadow',
  'sunlit',
  'gateway',
  'way',
  'site',
  'pop',
  'used-gateway',
  'hop',
  'end',
] as const;

export type CellKind = (typeof CELL_KINDS)[number];

export interface MapCell {
  readonly kind: CellKind;
  /** The letter of an end or of a satellite of the path; empty for others. */
  readonly letter: string;
  /** The eight coast dots of the cell, as bits in the order of Braille: 0 for none. */
  readonly dots: number;
}

/** A world map, row by row from the north. Only the satellites for which `isDrawn` says so are on it, and those of the path. */
export const worldMap = (
  scene: SkyScene,
  grid: MapGrid,
  isDrawn: (satellite: SceneSatellite) => boolean,
): readonly (readonly MapCell[])[] => {
  const cells = coastCells(grid);
  const put = (at: LonLat, kind: CellKind, letter = ''): void => {
    const [column, row] = cellAt(grid, at);
    const cell = cells[row]![column]!;
    if (CELL_KINDS.indexOf(kind) >= CELL_KINDS.indexOf(cell.kind)) cells[row]![column] = { ...cell, kind, letter };
  };
  for (const satellite of scene.satellites) {
    if (isDrawn(satellite)) put(satellite.below, satellite.isSunlit ? 'sunlit' : 'shadow');
  }
  for (const place of scene.places) put(pointOf(place), place.kind);
  const points = pointsOf(scene);
  for (const [index, to] of points.slice(1).entries())
    for (const at of between(points[index]!, to, grid)) put(at, 'way');
  for (const { stop, letter, at } of lettered(scene, points)) put(at, kindOf(stop, letter), letter);
  return cells;
};

/** The letters of the stops of a path, in its order: a, b, ... for satellites, A and B for its ends; `+` beyond z. */
export const stopLetters = (stops: readonly Stop[]): readonly string[] => {
  let hops = 0;
  return stops.map((stop, index) => {
    if (stop.kind === 'satellite') return HOPS[hops++] ?? '+';
    if (index === 0) return 'A';
    return index === stops.length - 1 ? 'B' : '';
  });
};

const HOPS = 'abcdefghijklmnopqrstuvwxyz';

const kindOf = (stop: Stop, letter: string): CellKind => {
  if (stop.kind === 'satellite') return 'hop';
  if (letter !== '') return 'end';
  return stop.kind === 'gateway' ? 'used-gateway' : stop.kind;
};

const lettered = ({ stops }: SkyScene, points: readonly LonLat[]) => {
  const letters = stopLetters(stops);
  return stops.map((stop, index) => ({ stop, letter: letters[index]!, at: points[index]! }));
};

/** Where the stops of the path are on the ground. */
const pointsOf = ({ stops, satellites }: SkyScene): readonly LonLat[] => {
  const below = new Map(satellites.map(({ number, below }) => [number, below]));
  return stops.map((stop) => (stop.kind === 'satellite' ? below.get(stop.satellite)! : pointOf(stop)));
};

const pointOf = ({ lonDeg, latDeg }: { readonly lonDeg: number; readonly latDeg: number }): LonLat => [lonDeg, latDeg];

/** Points of the great circle between two points, two a cell. */
const between = (from: LonLat, to: LonLat, { columns }: MapGrid): readonly LonLat[] => {
  const steps = Math.ceil((geoDistance(from, to) / (2 * Math.PI)) * columns * 2);
  const at = geoInterpolate(from, to);
  return Array.from({ length: Math.max(0, steps - 1) }, (_, step): LonLat => at((step + 1) / steps));
};

const coastCells = ({ columns, rows }: MapGrid): MapCell[][] => {
  const { width, isCoast } = coastDots(2 * columns, 4 * rows);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column): MapCell => {
      let dots = 0;
      for (const [x, y, bit] of BRAILLE) if (isCoast[(4 * row + y) * width + 2 * column + x] === 1) dots |= bit;
      return { kind: dots === 0 ? 'sea' : 'coast', letter: '', dots };
    }),
  );
};

/** Column, row and bit of each dot. Source: the Unicode block U+2800. */
const BRAILLE = [
  [0, 0, 1],
  [0, 1, 2],
  [0, 2, 4],
  [1, 0, 8],
  [1, 1, 16],
  [1, 2, 32],
  [0, 3, 64],
  [1, 3, 128],
] as const;
