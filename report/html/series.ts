import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';
import { rounded } from '../links/svg.ts';
import { html, type Markup } from './markup.ts';

/** How the policies of a report are told apart: by colour, and for those who see none by dashes and marks. */

const COLOURS = 8;
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '12 4', '4 2 1 2 1 2'] as const;
const MARKS: readonly SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
];

/** A class of the style sheet, which has the colour `--c` in it. */
export const colourClass = (index: number): string => `c${index % COLOURS}`;

export const dashes = (index: number): string | null => DASHES[index % DASHES.length] || null;

/** A mark at a position, in the colour of its class. */
export const mark = (index: number, x: number, y: number, size = 44): Markup => {
  const shape = symbol(MARKS[index % MARKS.length], size).digits(1)() ?? '';
  return html`<path class="mark" d="${shape}" transform="translate(${rounded(x)} ${rounded(y)})"/>`;
};

/** What lines and marks mean, above a chart. */
export const lineLegend = (entries: readonly { readonly label: string; readonly index: number }[]): Markup =>
  html`<ul class="legend">${entries.map(
    ({ label, index }) =>
      html`<li class="${colourClass(index)}"><svg width="34" height="14" aria-hidden="true"><path class="line" d="M1 7H33" stroke-dasharray="${dashes(index) ?? 'none'}"/>${mark(index, 17, 7)}</svg>${label}</li>`,
  )}</ul>`;
