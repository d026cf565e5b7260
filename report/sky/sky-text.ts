import type { Ms } from '../../core/time/clock.ts';
import { utcText } from '../../core/time/utc-text.ts';
import type { Table } from '../links/table.ts';
import { textTable } from '../text-table.ts';
import { asciiText } from './ascii-text.ts';
import { oneWayMsOf } from './legs.ts';
import { worldGrid } from './map-grid.ts';
import { mapLegend, mapText, type TextLook } from './map-text.ts';
import type { SceneSatellite, SkyScene } from './sky-scene.ts';
import type { SkyMoment, SkyView, TimedChange } from './sky-view.ts';
import { isSameRoute, type Stop } from './stop.ts';
import { stopLetters, worldMap } from './world-map.ts';

/** Which satellites a map shows: `auto` is all of them where they leave room for the coasts, else those that the sites see. */
export type Drawn = 'auto' | 'all' | 'near';

export interface SkyTextOptions extends TextLook {
  readonly columns: number;
  readonly drawn: Drawn;
  /** Without empty lines and the legend. */
  readonly isCompact?: boolean;
}

/** A view at one moment as lines of text: what and when, the map, the legs of the path, and what comes next. */
export const skyText = (view: SkyView, moment: SkyMoment, options: SkyTextOptions): readonly string[] => {
  const { scene } = moment;
  const grid = worldGrid(options.columns);
  const showsAll =
    options.drawn === 'all' ||
    (options.drawn === 'auto' && scene.satellites.length <= MOST_FILLED * grid.columns * grid.rows);
  const isDrawn = ({ number }: SceneSatellite): boolean => showsAll || scene.near.has(number);
  const cells = worldMap(scene, grid, isDrawn);
  const arrow = options.isUnicode ? '→' : '->';
  const { isCompact = false } = options;
  const gap = isCompact ? [] : [''];
  const lines = [
    view.title,
    view.subtitle,
    ...(isCompact ? [] : view.remarks),
    `${clock(scene)}; ${satelliteCounts(scene, isDrawn, showsAll)}`,
    ...gap,
    ...mapText(cells, options),
    ...gap,
    ...(isCompact ? [] : [mapLegend(cells, options), '']),
    ...(view.stopsAt === null ? [] : pathLines(moment, arrow, gap)),
  ];
  return options.isUnicode ? lines : lines.map(asciiText);
};

/** A larger share of the cells would hide the coasts. */
const MOST_FILLED = 0.5;

const clock = ({ atMs, unixMs }: SkyScene): string => `t ${seconds(atMs)} s, ${instant(unixMs)}`;

const instant = (unixMs: number): string => utcText(Math.round(unixMs));

const seconds = (ms: Ms): string => String(Number((ms / 1000).toFixed(3)));

const satelliteCounts = (
  { satellites }: SkyScene,
  isDrawn: (satellite: SceneSatellite) => boolean,
  showsAll: boolean,
): string => {
  const lit = satellites.filter(({ isSunlit }) => isSunlit).length;
  const counts = `${satellites.length} satellites, ${lit} of them in sunlight`;
  return showsAll ? counts : `${counts}; the ${satellites.filter(isDrawn).length} in view of a site are shown`;
};

const pathLines = ({ scene, slot, handOver }: SkyMoment, arrow: string, gap: readonly string[]): readonly string[] => {
  const oneWayMs = oneWayMsOf(scene.legs);
  const table = legTable(scene, arrow);
  return [
    ...(oneWayMs === null
      ? ['no path now']
      : [
          ...textTable(table.columns, table.rows),
          `one way ${oneWayMs.toFixed(3)} ms, round trip ${(2 * oneWayMs).toFixed(3)} ms`,
        ]),
    ...gap,
    ...changeLines(scene, slot, handOver, arrow),
  ];
};

const legTable = (scene: SkyScene, arrow: string): Table => {
  const letters = stopLetters(scene.stops);
  const lit = new Map(scene.satellites.map(({ number, isSunlit }) => [number, isSunlit]));
  const name = (index: number): string => {
    const stop = scene.stops[index]!;
    return [letters[index], stop.kind === 'satellite' ? satelliteWords(stop) : groundWords(stop)]
      .filter(Boolean)
      .join(' ');
  };
  return {
    columns: [
      { title: 'leg', align: 'left' },
      { title: 'km', align: 'right' },
      { title: 'one way ms', align: 'right' },
      { title: 'elevation', align: 'right' },
      { title: 'satellite', align: 'left' },
    ],
    rows: scene.legs.map(({ to, medium, km, oneWayMs, elevationDeg }, index) => [
      `${name(index)} ${arrow} ${name(index + 1)}`,
      km.toFixed(1),
      oneWayMs.toFixed(3),
      elevationDeg === null ? '-' : `${elevationDeg.toFixed(1)} deg`,
      to.kind === 'satellite'
        ? lit.get(to.satellite) === true
          ? 'in sunlight'
          : 'in shadow'
        : medium === 'fibre'
          ? 'fibre'
          : '',
    ]),
  };
};

const satelliteWords = ({ satellite, carries }: Extract<Stop, { kind: 'satellite' }>): string =>
  carries === null ? String(satellite) : `${satellite} (${carries})`;

const groundWords = ({ kind, name }: Exclude<Stop, { kind: 'satellite' }>): string =>
  kind === 'site' ? name : kind === 'pop' ? `PoP ${name}` : `gateway ${name}`;

const changeLines = (
  scene: SkyScene,
  slot: TimedChange | null,
  handOver: TimedChange | null,
  arrow: string,
): readonly string[] => {
  if (slot === null) return [];
  const when = ({ atMs }: TimedChange): string =>
    `in ${seconds(atMs - scene.atMs)} s (t ${seconds(atMs)} s, ${instant(scene.unixMs + atMs - scene.atMs)})`;
  const isSlot = handOver !== null && handOver.atMs === slot.atMs;
  const atSlot = isSameRoute(scene.stops, slot.stops)
    ? 'same path'
    : `new lasers in between: ${routeText(slot, arrow)}`;
  return [
    `next slot ${when(slot)}: ${isSlot ? 'hand-over' : atSlot}`,
    handOver === null
      ? 'next hand-over: none within 20 slots'
      : `next hand-over ${when(handOver)}: ${routeText(handOver, arrow)}`,
  ];
};

/** The stops of a route and its one-way time on one line; the middle of a long one is left out. */
export const routeText = ({ stops, oneWayMs }: TimedChange, arrow: string): string => {
  if (oneWayMs === null) return 'no path';
  const names = stops.map((stop) => (stop.kind === 'satellite' ? satelliteWords(stop) : groundWords(stop)));
  const shown = names.length <= SHOWN_STOPS ? names : [...names.slice(0, 5), '..', ...names.slice(-5)];
  return `${shown.join(` ${arrow} `)}, one way ${oneWayMs.toFixed(3)} ms`;
};

const SHOWN_STOPS = 12;
