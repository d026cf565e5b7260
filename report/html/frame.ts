import { rounded } from '../links/svg.ts';
import { html, type Markup } from './markup.ts';

/** The inside of a chart, in the pixels of its picture. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** A picture with margins for its axes. */
export const frameOf = (
  width: number,
  height: number,
  margin: { readonly left?: number; readonly right?: number; readonly top?: number; readonly bottom?: number } = {},
): Frame => ({
  width,
  height,
  left: margin.left ?? 46,
  right: width - (margin.right ?? 14),
  top: margin.top ?? 26,
  bottom: height - (margin.bottom ?? 40),
});

/** The picture itself; `says` is what it shows, for those who hear it. */
export const svgOf = ({ width, height }: Frame, says: string, children: readonly (Markup | null)[]): Markup =>
  html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${says}">${children}</svg>`;

/** Ticks below, with lines upwards, and what is measured at the right end. */
export const axisX = ({ width, left, right, top, bottom }: Frame, ticks: readonly Tick[], title: string): Markup =>
  html`<g class="axis">${ticks.map(({ at, text }) => {
    const isAtEdge = at > width - HALF_TICK;
    return html`<path d="M${rounded(at)} ${top}V${bottom}"/><text x="${rounded(isAtEdge ? width : at)}" y="${bottom + 16}" text-anchor="${isAtEdge ? 'end' : 'middle'}">${text}</text>`;
  })}<path class="base" d="M${left} ${bottom}H${right}"/><text class="title" x="${right}" y="${bottom + 33}" text-anchor="end">${title}</text></g>`;

/** Half of the width of a label. */
const HALF_TICK = 20;

/** Ticks on the left, with lines to the right, and what is measured above. */
export const axisY = ({ left, right, top }: Frame, ticks: readonly Tick[], title: string): Markup =>
  html`<g class="axis">${ticks.map(
    ({ at, text }) =>
      html`<path d="M${left} ${rounded(at)}H${right}"/><text x="${left - 7}" y="${rounded(at + 4)}" text-anchor="end">${text}</text>`,
  )}<text class="title" x="2" y="${top - 12}">${title}</text></g>`;

/** How many ticks have room, each with so many pixels. */
export const fewerThan = (pixels: number, each: number): number => Math.max(2, Math.floor(pixels / each));
