import { type GeoPermissibleObjects, geoGraticule10, geoInterpolate, geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json' with { type: 'json' };
import { COLOURS } from './colours.ts';
import type { NamedPoint } from './ground-point.ts';
import type { LonLat } from './satellite-ground.ts';
import { element, rounded, svgDocument, textAt } from './svg.ts';

/** A path at one instant, to be drawn on a world map. */
export interface PathMap {
  readonly title: string;
  readonly subtitle: string;
  readonly from: NamedPoint;
  readonly to: NamedPoint;
  /** The satellites of the path in order, by number. */
  readonly hops: readonly number[];
  /** The ground points below all satellites, by number. */
  readonly below: readonly LonLat[];
}

/**
 * The path on a world map, which is centred on the middle of the path. Satellites of the path are large dots, the others
 * are faint dots, and the great circle is a thin line.
 */
export const mapSvg = (map: PathMap): string => {
  const ends: readonly [LonLat, LonLat] = [lonLat(map.from), lonLat(map.to)];
  const middle = geoInterpolate(...ends)(0.5);
  const projection = geoNaturalEarth1()
    .precision(0.1)
    .rotate([-middle[0], 0])
    .fitExtent(
      [
        [24, 84],
        [WIDTH - 24, HEIGHT - 60],
      ],
      SPHERE,
    );
  const draw = geoPath(projection).digits(1);
  const shape = (object: GeoPermissibleObjects, attributes: Readonly<Record<string, string | number>>): string =>
    element('path', { d: draw(object) ?? '', fill: 'none', ...attributes });
  const at = (point: LonLat): readonly [number, number] => projection(point)!;
  const way = map.hops.length === 0 ? [] : [ends[0], ...map.hops.map((satellite) => map.below[satellite]!), ends[1]];
  return svgDocument(WIDTH, HEIGHT, `${map.title}: the path on a map`, [
    textAt(24, 38, map.title, { 'font-size': 22, 'font-weight': 600, fill: COLOURS.ink }),
    textAt(24, 62, map.subtitle, { 'font-size': 14, fill: COLOURS.quiet }),
    shape(SPHERE, { fill: COLOURS.sea }),
    shape(geoGraticule10(), { stroke: COLOURS.grid, 'stroke-width': 0.7 }),
    shape(LAND, { fill: COLOURS.land }),
    shape(SPHERE, { stroke: COLOURS.slot }),
    dots(map.below.map(at), 1.3, { fill: COLOURS.quiet, 'fill-opacity': 0.35 }),
    shape({ type: 'LineString', coordinates: [...ends] }, { stroke: COLOURS.fibre, 'stroke-width': 1.6 }),
    ...(way.length === 0
      ? []
      : [
          shape(
            { type: 'LineString', coordinates: way },
            { id: 'way', stroke: COLOURS.space, 'stroke-width': 2.4, 'stroke-linejoin': 'round' },
          ),
        ]),
    ...map.hops.map((satellite) => spot(at(map.below[satellite]!), 4, COLOURS.space)),
    ...ends.map((end) => spot(at(end), 6, COLOURS.ink)),
    ...labels(map, at(ends[0]), at(ends[1])),
    ...legend(map.hops.length === 0),
  ]);
};

const WIDTH = 1200;
const HEIGHT = 700;
const SPHERE = { type: 'Sphere' } as const;
const LAND = feature(land as unknown as Parameters<typeof feature>[0], 'land');

const lonLat = ({ lonDeg, latDeg }: NamedPoint): LonLat => [lonDeg, latDeg];

/** Many dots as one path element: a tenth of the size of separate circles. */
const dots = (
  points: readonly (readonly [number, number])[],
  radius: number,
  more: Readonly<Record<string, string | number>>,
): string =>
  element('path', {
    d: points.map(([x, y]) => `M${rounded(x)} ${rounded(y)}h0`).join(''),
    stroke: more.fill,
    'stroke-opacity': more['fill-opacity'],
    'stroke-width': 2 * radius,
    'stroke-linecap': 'round',
  });

const spot = ([cx, cy]: readonly [number, number], r: number, fill: string): string =>
  element('circle', { cx, cy, r, fill, stroke: '#ffffff', 'stroke-width': 1.5 });

/** Names are outside the path: the western one on the left, the eastern one on the right. */
const labels = (
  { from, to }: PathMap,
  fromAt: readonly [number, number],
  toAt: readonly [number, number],
): readonly string[] => {
  const isFromWest = fromAt[0] <= toAt[0];
  const label = (name: string, [x, y]: readonly [number, number], isWest: boolean): string =>
    textAt(x + (isWest ? -12 : 12), y + 5, name, {
      'text-anchor': isWest ? 'end' : 'start',
      'font-size': 15,
      'font-weight': 600,
      fill: COLOURS.ink,
      stroke: '#ffffff',
      'stroke-width': 4,
      'stroke-linejoin': 'round',
      'paint-order': 'stroke',
    });
  return [label(from.name, fromAt, isFromWest), label(to.name, toAt, !isFromWest)];
};

const legend = (hasNoWay: boolean): readonly string[] => {
  const y = HEIGHT - 26;
  const line = (x: number, stroke: string, width: number): string =>
    element('line', { x1: x, x2: x + 28, y1: y, y2: y, stroke, 'stroke-width': width });
  const word = (x: number, text: string): string => textAt(x, y + 5, text, { 'font-size': 14, fill: COLOURS.ink });
  return [
    line(24, COLOURS.space, 2.4),
    spot([38, y], 4, COLOURS.space),
    word(60, hasNoWay ? 'no path at this instant' : 'path over satellites'),
    line(250, COLOURS.fibre, 1.6),
    word(286, 'great circle'),
    spot([404, y], 2.5, COLOURS.quiet),
    word(416, 'other satellites'),
  ];
};
