import { geoContains } from 'd3-geo';
import fc from 'fast-check';
import { feature } from 'topojson-client';
import { describe, expect, test } from 'vitest';
import land from 'world-atlas/land-110m.json' with { type: 'json' };
import { coastDots } from '../../../report/sky/coast.ts';
import { cellAt, worldGrid } from '../../../report/sky/map-grid.ts';
import { mapText } from '../../../report/sky/map-text.ts';
import type { SceneSatellite, SkyScene } from '../../../report/sky/sky-scene.ts';
import type { GroundStop, Stop } from '../../../report/sky/stop.ts';
import { CELL_KINDS, type CellKind, stopLetters, worldMap } from '../../../report/sky/world-map.ts';

const satelliteOf = (number: number, lonDeg: number, latDeg: number, isSunlit: boolean): SceneSatellite => ({
  number,
  below: [lonDeg, latDeg],
  isSunlit,
});

const siteOf = (name: string, lonDeg: number, latDeg: number, kind: GroundStop['kind'] = 'site'): GroundStop => ({
  kind,
  name,
  lonDeg,
  latDeg,
  site: null,
});

const sceneOf = (scene: Partial<SkyScene>): SkyScene => ({
  atMs: 0,
  unixMs: 0,
  satellites: [],
  near: new Set(),
  places: [],
  stops: [],
  legs: [],
  ...scene,
});

const everything = (): boolean => true;
const rank = (kind: CellKind): number => CELL_KINDS.indexOf(kind);

const anyPoint = fc.record({
  lonDeg: fc.double({ min: -180, max: 180, noNaN: true }),
  latDeg: fc.double({ min: -90, max: 90, noNaN: true }),
});
const anySatellites = fc
  .array(fc.tuple(anyPoint, fc.boolean()), { maxLength: 60 })
  .map((all) => all.map(([{ lonDeg, latDeg }, isSunlit], number) => satelliteOf(number, lonDeg, latDeg, isSunlit)));

describe('a world map', () => {
  test('property: each satellite is in the cell of the point below it, and no cell has one that is not there', () => {
    fc.assert(
      fc.property(anySatellites, fc.integer({ min: 40, max: 400 }), (satellites, columns) => {
        const grid = worldGrid(columns);
        const cells = worldMap(sceneOf({ satellites }), grid, everything);
        expect([cells.length, ...new Set(cells.map((row) => row.length))]).toEqual([grid.rows, columns]);
        const expected = new Map<string, CellKind>();
        for (const { below, isSunlit } of satellites) {
          // Written anew, from degrees: 360 of them from west to east, 180 from north to south.
          const column = Math.min(columns - 1, Math.trunc((((below[0] + 180) % 360) * columns) / 360));
          const row = Math.min(grid.rows - 1, Math.trunc(((90 - below[1]) * grid.rows) / 180));
          const key = `${column} ${row}`;
          expected.set(key, isSunlit || expected.get(key) === 'sunlit' ? 'sunlit' : 'shadow');
        }
        const found = new Map<string, CellKind>();
        for (const [row, line] of cells.entries()) {
          for (const [column, { kind }] of line.entries()) {
            if (kind === 'sunlit' || kind === 'shadow') found.set(`${column} ${row}`, kind);
          }
        }
        expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
      }),
      { numRuns: 60 },
    );
  });

  test('property: the stops of a path are in their cells, with their letters, unless a later one is there too', () => {
    fc.assert(
      fc.property(anySatellites, anyPoint, anyPoint, (satellites, a, b) => {
        const hops = satellites.slice(0, 5);
        const stops: readonly Stop[] = [
          siteOf('a', a.lonDeg, a.latDeg),
          ...hops.map(({ number }) => ({ kind: 'satellite', satellite: number, carries: null }) as const),
          siteOf('b', b.lonDeg, b.latDeg),
        ];
        const grid = worldGrid(120);
        const cells = worldMap(sceneOf({ satellites, stops }), grid, everything);
        const points = [
          [a.lonDeg, a.latDeg] as const,
          ...hops.map(({ below }) => below),
          [b.lonDeg, b.latDeg] as const,
        ];
        const letters = stopLetters(stops);
        for (const [index, point] of points.entries()) {
          const [column, row] = cellAt(grid, [point[0], point[1]]);
          const { kind, letter } = cells[row]![column]!;
          expect(rank(kind)).toBeGreaterThanOrEqual(rank('hop'));
          const sharing = points.flatMap((other, at) =>
            cellAt(grid, [other[0], other[1]]).join() === `${column},${row}` ? [letters[at]] : [],
          );
          expect(sharing).toContain(letter);
          expect(sharing).toContain(letters[index]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a path over the 180th meridian goes the short way, off one edge and on at the other', () => {
    const stops = [siteOf('fiji', 178, -18), siteOf('samoa', -172, -14)];
    const cells = worldMap(sceneOf({ stops }), worldGrid(100), everything);
    const columns = cells.flatMap((row) =>
      row.flatMap(({ kind }, column) => (kind === 'way' || kind === 'end' ? [column] : [])),
    );
    expect(columns.length).toBeGreaterThan(2);
    expect(columns.every((column) => column < 4 || column > 96)).toBe(true);
  });

  test('shows only the satellites that are asked for, and those of the path always', () => {
    const satellites = [satelliteOf(0, 0, 0, true), satelliteOf(1, 50, 0, true), satelliteOf(2, 100, 0, false)];
    const stops: readonly Stop[] = [{ kind: 'satellite', satellite: 2, carries: null }];
    const cells = worldMap(sceneOf({ satellites, stops }), worldGrid(80), ({ number }) => number === 1);
    const kinds = cells.flat().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'sunlit')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'hop')).toHaveLength(1);
    expect(kinds).not.toContain('shadow');
  });

  test('has the coasts of the world: land is where the polygons of Natural Earth say', () => {
    const [width, height] = [120, 60];
    const { isLand } = coastDots(width, height);
    const shape = feature(land as unknown as Parameters<typeof feature>[0], 'land');
    for (let y = 0; y < height; y += 3) {
      for (let x = 1; x < width; x += 4) {
        const lonDeg = ((x + 0.5) / width) * 360 - 180;
        const latDeg = 90 - ((y + 0.5) / height) * 180;
        const isSaidLand = isLand[y * width + x] === 1;
        expect({ lonDeg, latDeg, land: landAround(shape, lonDeg, latDeg) }).toMatchObject({
          land: expect.arrayContaining([isSaidLand]),
        });
      }
    }
  });

  test('in text: no line has more columns than asked for, colours end with their line, and ASCII is ASCII', () => {
    const satellites = Array.from({ length: 200 }, (_, number) =>
      satelliteOf(number, (number * 37) % 180, (number * 13) % 80, number % 2 === 0),
    );
    const cells = worldMap(sceneOf({ satellites, places: [siteOf('x', 10, 50)] }), worldGrid(90), everything);
    for (const line of mapText(cells, { isUnicode: false, hasColour: false })) {
      expect(line).toMatch(/^[ -~]{0,90}$/);
    }
    const coloured = mapText(cells, { isUnicode: true, hasColour: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    const plain = coloured.map((line) => line.replaceAll(/\x1b\[[\d;]*m/g, ''));
    expect(plain.map((line) => line.trimEnd())).toEqual(mapText(cells, { isUnicode: true, hasColour: false }));
    for (const line of coloured) expect(line.lastIndexOf('\x1b[0m')).toBe(line.lastIndexOf('\x1b['));
  });
});

/**
 * Whether there is land at a point and a degree around it. Sides of polygons are great circles there and straight on our map: beside a
 * coast both answers are right.
 */
const landAround = (shape: Parameters<typeof geoContains>[0], lonDeg: number, latDeg: number): readonly boolean[] =>
  [
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ].map(([x, y]) => geoContains(shape, [lonDeg + x!, Math.max(-90, Math.min(90, latDeg + y!))]));
