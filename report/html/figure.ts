import { html, type Markup } from './markup.ts';
import { unbroken } from './quantities.ts';

/** A part of a report with one chart: what it shows, in words, in a picture, and in numbers. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in sentences that are computed from the data. */
  readonly says: string;
  /** How to read it. */
  readonly how: string;
  readonly legend: Markup | null;
  readonly picture: Markup;
  readonly numbers: NumberTable | null;
}

/** A table whose first column has names. */
export interface NumberTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const figureOf = ({ id, title, says, how, legend, picture, numbers }: Figure): Markup => html`
<section class="figure" aria-labelledby="${id}">
<div class="words"><h2 id="${id}">${title}</h2><p class="says">${unbroken(says)}</p><p class="how">${how}</p>${legend}</div>
<div class="picture">${picture}${
  numbers === null ? null : html`<details><summary>The numbers</summary>${tableOf(numbers)}</details>`
}</div>
</section>`;

const tableOf = ({
  caption,
  head,
  rows,
}: NumberTable): Markup => html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
  ([name = '', ...cells]) =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
)}</tbody></table></div>`;

/** One chart drawn twice, for wide screens and for phones: text keeps its size, and the style sheet shows one of them. */
export const inTwoWidths = (draw: (width: number) => Markup): Markup =>
  html`<div class="wide">${draw(WIDE)}</div><div class="narrow">${draw(NARROW)}</div>`;

export const NARROW = 360;
const WIDE = 780;

/** The same chart for each policy, beside each other. */
export const panelsOf = (panels: readonly { readonly title: string; readonly picture: Markup }[]): Markup =>
  html`<div class="panels">${panels.map(({ title, picture }) => html`<div class="panel"><h3>${title}</h3>${picture}</div>`)}</div>`;
