import { rounded } from '../links/svg.ts';
import type { Figure } from './figure.ts';
import { mapLabels } from './map-labels.ts';
import { type MapFrame, type MapSize, mapFrame } from './map-projection.ts';
import type { MapPath, MapScene, MapSite, ScenarioMap } from './map-scenes.ts';
import { html, jsonElement, type Markup } from './markup.ts';
import { clockText, listed, msText } from './quantities.ts';
import { colourClass, dashes } from './series.ts';

/** One for wide screens, one for phones. */
const SIZES = [
  { kind: 'wide', width: 1000, height: 540, margin: 90, fontPx: 17, dots: 1400 },
  { kind: 'narrow', width: 420, height: 440, margin: 62, fontPx: 15, dots: 500 },
] as const;

/** Sites, paths and satellites on a map, at instants that a slider chooses: `MAP_SCRIPT` draws them. */
export const mapFigure = (map: ScenarioMap): Figure => {
  const points = map.sites.map(({ at }) => at);
  const pictures = SIZES.map((size) => {
    const frame = mapFrame(points, size);
    return { size, frame, views: map.scenes.map((scene) => sceneView(scene, frame, size.dots)) };
  });
  const titles = map.scenes.map(({ atS }) => `${clockText(Math.round(atS))} into the run`);
  const lines = map.scenes.map(({ paths }) => paths.map(lineOf));
  const says = mapSays(map);
  const drawn = map.scenes[0]!.paths;
  return {
    id: 'map',
    title: 'Where is everything?',
    says,
    how:
      'Thick lines are paths through space, over the points below their satellites; thin dashed lines are fibre, as great circles. ' +
      `Faint dots are satellites, not all of them where there are many. A ring is a router. Times are those of light alone, one way.` +
      (drawn.length < map.paths ? ` Of ${map.paths} paths through space, the first ${drawn.length} are drawn.` : ''),
    legend: null,
    picture: html`<div class="map">
${pictures.map(({ size, frame, views }) => html`<div class="${size.kind}">${mapPicture(map, { frame, view: views[0]!, fontPx: size.fontPx, says })}</div>`)}
<div class="slider"><label for="map-time">Time of the run</label><input id="map-time" type="range" min="0" max="${titles.length - 1}" step="1" value="0" aria-valuetext="${titles[0]!}"><output id="map-title" for="map-time">${titles[0]!}</output></div>
<ul class="legend lines">${drawn.map((path, index) => pathLine(path, index))}</ul>
${jsonElement(
  'map-data',
  map.scenes.map((_, scene) => ({
    title: titles[scene]!,
    lines: lines[scene]!,
    pictures: pictures.map(({ views }) => ({
      paths: views[scene]!.paths,
      dots: base64(views[scene]!.satellites),
    })),
  })),
)}</div>`,
    numbers: null,
  };
};

const mapSays = ({ scenes }: ScenarioMap): string => {
  const [first] = scenes;
  if (first === undefined || first.paths.length === 0) return 'No path of this scenario goes through a computed sky.';
  const ranges = first.paths.flatMap(({ name }, index) => {
    const times = scenes.flatMap(({ paths }) => paths[index]!.oneWayMs ?? []);
    return times.length === 0 ? [] : [{ name, low: Math.min(...times), high: Math.max(...times) }];
  });
  if (ranges.length === 0) return 'No path through space is up at any of these instants.';
  const widest = ranges.reduce((a, b) => (b.high - b.low > a.high - a.low ? b : a));
  const missing = first.paths.filter((_, index) => scenes.some(({ paths }) => paths[index]!.oneWayMs === null));
  const paths = first.paths.length === 1 ? 'One path goes' : `${first.paths.length} paths go`;
  return (
    `${paths} through space. Over these ${scenes.length} instants, the one that changes most is ${widest.name}: ` +
    `light takes ${msText(widest.low)} to ${msText(widest.high)}.` +
    (missing.length === 0
      ? ''
      : ` There is no way at some of them for ${listed(
          missing.map(({ name }) => name),
          4,
        )}.`)
  );
};

interface SceneView {
  /** Path data, one a path. */
  readonly paths: readonly string[];
  /** Pixels of the picture: x, y, x, y, ... */
  readonly satellites: Uint16Array;
}

/** Some of the dots show where the shells are; all would only make the report larger. */
const sceneView = ({ paths, satellites }: MapScene, frame: MapFrame, mostDots: number): SceneView => {
  const inSight = satellites.flatMap((point) => {
    const at = frame.at(point);
    return at === null ? [] : [at];
  });
  const each = Math.ceil(inSight.length / mostDots);
  return {
    paths: paths.map(({ points }) =>
      points.length === 0 ? '' : frame.draw({ type: 'LineString', coordinates: [...points] }),
    ),
    satellites: Uint16Array.from(
      inSight.filter((_, index) => index % each === 0).flatMap(([x, y]) => [Math.round(x), Math.round(y)]),
    ),
  };
};

const lineOf = ({ name, satellites, oneWayMs }: MapPath): string =>
  oneWayMs === null
    ? `${name}: no way`
    : `${name}: ${satellites} ${satellites === 1 ? 'satellite' : 'satellites'}, ${msText(oneWayMs)}`;

const dotsPath = (satellites: Uint16Array): string => {
  let d = '';
  for (let index = 0; index < satellites.length; index += 2) d += `M${satellites[index]} ${satellites[index + 1]}h0`;
  return d;
};

const base64 = (numbers: Uint16Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');

const pathLine = (path: MapPath, index: number): Markup =>
  html`<li class="${colourClass(index)}"><svg width="34" height="14" aria-hidden="true"><path class="line" d="M1 7H33" stroke-dasharray="${dashes(index) ?? 'none'}"/></svg><span>${lineOf(path)}</span></li>`;

const mapPicture = (
  map: ScenarioMap,
  {
    frame,
    view,
    fontPx,
    says,
  }: { readonly frame: MapFrame; readonly view: SceneView; readonly fontPx: number; readonly says: string },
): Markup => {
  const { width, height } = frame.size;
  return html`<svg viewBox="0 0 ${width} ${height}" style="font-size:${fontPx}px" role="img" aria-label="${`A map of ${map.sites.length} sites. ${says}`}">
<path class="graticule" d="${frame.graticule}"/><path class="land" d="${frame.land}"/>
<path class="satellites" d="${dotsPath(view.satellites)}"/>
<path class="fibre" d="${map.fibres.map((pair) => frame.draw({ type: 'LineString', coordinates: [...pair] })).join('')}"/>
<g class="ways">${view.paths.map((d, index) => html`<path class="way ${colourClass(index)}" stroke-dasharray="${dashes(index) ?? 'none'}" d="${d}"/>`)}</g>
${siteMarks(map.sites, frame, frame.size, fontPx)}</svg>`;
};

const siteMarks = (sites: readonly MapSite[], frame: MapFrame, { width, height }: MapSize, fontPx: number): Markup => {
  const shown = sites.flatMap((site) => {
    const at = frame.at(site.at);
    return at === null ? [] : [{ ...site, at }];
  });
  const labels = mapLabels(shown, { width, height, fontPx });
  return html`${shown.map(({ name, roles, at: [x, y] }, index) => {
    const label = labels[index] ?? null;
    return html`<g class="site"><circle cx="${rounded(x)}" cy="${rounded(y)}" r="${rounded(fontPx / 3)}"/>${
      roles.includes('router')
        ? html`<circle class="router" cx="${rounded(x)}" cy="${rounded(y)}" r="${rounded(fontPx * 0.6)}"/>`
        : null
    }${
      label === null
        ? null
        : html`<text x="${rounded(label.x)}" y="${rounded(label.y)}" text-anchor="${label.anchor}">${name}</text>`
    }<title>${`${name}: ${roles.length === 0 ? 'a site' : listed(roles)}`}</title></g>`;
  })}`;
};
