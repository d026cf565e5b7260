import type { LonLat } from '../links/satellite-ground.ts';

/** The cells of a world map in text: longitude grows to the right and latitude upwards, both evenly. */
export interface MapGrid {
  readonly columns: number;
  readonly rows: number;
}

/** A map of the whole world. A cell of a terminal is about twice as high as wide, so that a degree has the same length both ways. */
export const worldGrid = (columns: number): MapGrid => ({ columns, rows: Math.round(columns / 4) });

/** The cell of a point, counted from the north-west corner. Longitudes beyond 180 degrees wrap. */
export const cellAt = (
  { columns, rows }: MapGrid,
  [lonDeg, latDeg]: LonLat,
): readonly [column: number, row: number] => {
  const turns = (lonDeg + 180) / 360;
  const column = Math.floor((turns - Math.floor(turns)) * columns);
  const row = Math.floor(((90 - latDeg) / 180) * rows);
  return [Math.min(columns - 1, column), Math.min(rows - 1, Math.max(0, row))];
};
