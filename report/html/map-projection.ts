import {
  type GeoPermissibleObjects,
  type GeoProjection,
  geoBounds,
  geoGraticule10,
  geoNaturalEarth1,
  geoPath,
} from 'd3-geo';
import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json' with { type: 'json' };
import type { LonLat } from '../links/satellite-ground.ts';

/** In pixels of the picture. */
export interface MapSize {
  readonly width: number;
  readonly height: number;
  /** Free at each edge, for satellites beyond the outermost points and for names. */
  readonly margin: number;
}

/** A map of the part of the world with some points and their surroundings: the whole world where they are everywhere. */
export interface MapFrame {
  readonly size: MapSize;
  /** Where a point is on the picture; null outside. */
  at(point: LonLat): readonly [x: number, y: number] | null;
  /** The path data of a shape, cut off at the edges. */
  draw(shape: GeoPermissibleObjects): string;
  readonly land: string;
  readonly graticule: string;
}

export const mapFrame = (points: readonly LonLat[], size: MapSize): MapFrame => {
  const projection = fitted(points, size);
  const draw = geoPath(projection).digits(0);
  return {
    size,
    at: (point) => {
      const [x, y] = projection(point)!;
      return x < 0 || x > size.width || y < 0 || y > size.height ? null : [x, y];
    },
    draw: (shape) => draw(shape) ?? '',
    land: draw(LAND) ?? '',
    graticule: draw(geoGraticule10()) ?? '',
  };
};

const LAND = feature(land as unknown as Parameters<typeof feature>[0], 'land');

/** The map shows at least a quarter of the world's width, however close together the points are. */
const MOST_ZOOM = 4;

const fitted = (points: readonly LonLat[], { width, height, margin }: MapSize): GeoProjection => {
  const all = { type: 'MultiPoint' as const, coordinates: [...points] };
  const [[west], [east]] = geoBounds(all);
  const middle = (west + (east < west ? east + 360 : east)) / 2;
  const projection = geoNaturalEarth1()
    .precision(0.3)
    .rotate([-middle, 0])
    .fitExtent(
      [
        [margin, margin],
        [width - margin, height - margin],
      ],
      all,
    );
  const world = geoNaturalEarth1().fitSize([width, height], { type: 'Sphere' }).scale();
  const scale = Math.min(Math.max(projection.scale(), world), world * MOST_ZOOM);
  if (scale !== projection.scale()) centre(projection.scale(scale), all, { width, height });
  return projection.clipExtent([
    [0, 0],
    [width, height],
  ]);
};

const centre = (
  projection: GeoProjection,
  points: GeoPermissibleObjects,
  { width, height }: Pick<MapSize, 'width' | 'height'>,
): void => {
  const [[left, top], [right, bottom]] = geoPath(projection).bounds(points);
  const [dx, dy] = projection.translate();
  projection.translate([dx + width / 2 - (left + right) / 2, dy + height / 2 - (top + bottom) / 2]);
};
