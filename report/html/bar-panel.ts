import { scaleLinear } from 'd3-scale';
import { NARROW } from './figure.ts';
import { frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { cut } from './quantities.ts';
import { colourClass } from './series.ts';

export interface Bar {
  readonly label: string;
  /** The colour of its policy. */
  readonly index: number;
  /** Null is not known. */
  readonly value: number | null;
}

const ROW = 38;

/** Bars from zero, one below the other, each with its name above and its value behind. */
export const barPanel = (
  bars: readonly Bar[],
  {
    title,
    text,
    missing,
  }: { readonly title: string; readonly text: (value: number) => string; readonly missing: string },
): Markup => {
  const frame = frameOf(NARROW, bars.length * ROW, { left: 1, top: 0, bottom: 0, right: 76 });
  const most = Math.max(...bars.map(({ value }) => value ?? 0), Number.MIN_VALUE);
  const x = scaleLinear([0, most], [0, frame.right - frame.left]);
  const said = (value: number | null): string => (value === null ? missing : text(value));
  return svgOf(
    frame,
    `${title}: ${bars.map(({ label, value }) => `${label} ${said(value)}`).join(', ')}`,
    bars.map(({ label, index, value }, row) => {
      const y = row * ROW;
      const width = value === null ? 0 : x(value);
      return html`<g class="${colourClass(index)}"><text class="row" x="${frame.left}" y="${y + 13}">${cut(label, 46)}</text>${value === null ? null : html`<rect class="fill" x="${frame.left}" y="${y + 18}" width="${width.toFixed(1)}" height="13" rx="2"/>`}<text class="value" x="${(frame.left + width + 6).toFixed(1)}" y="${y + 29}">${said(value)}</text></g>`;
    }),
  );
};
