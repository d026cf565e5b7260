import { describe, expect, test } from 'vitest';
import { slotGrid } from '../../../netem/sky/path/time-grid.ts';
import { mapSvg } from '../../../report/links/map-svg.ts';
import { type Plot, plotSvg } from '../../../report/links/plot-svg.ts';
import { textPlot } from '../../../report/links/text-plot.ts';

const plot: Plot = {
  title: 'A & B <"x">',
  subtitle: 'so',
  medium: 'laser',
  rttMs: [40, 41, Number.NaN, Number.NaN, 44],
  span: { startMs: 0, durationMs: 60_000, stepMs: 12_000 },
  slots: slotGrid(Date.UTC(2026, 0, 1)),
  fibreMs: 76.4,
};

/** Every tag is closed by its own name and in order, every quote is paired, and special characters in text are escaped. */
const expectWellFormed = (svg: string): void => {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<>]*")*)\s*(\/?)>/g,
    (_, close, name, _attributes, empty) => {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (empty === '') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
};

describe('the plot', () => {
  test('is well-formed SVG with axes, units, a legend, the fibre and four slot boundaries a minute', () => {
    const svg = plotSvg(plot);
    expectWellFormed(svg);
    for (const text of ['round trip, ms', 'time since the epoch, s', 'fibre, 76.4 ms', 'slot boundary', 'no path']) {
      expect(svg).toContain(text);
    }
    // Four lines, and one in the legend.
    expect(svg.match(/stroke-dasharray="2 4"/g)).toHaveLength(5);
  });

  test('has a gap in the line where there is no path', () => {
    const [, line] = /id="laser" d="([^"]*)"/.exec(plotSvg(plot))!;
    expect(line!.match(/M/g)).toHaveLength(2);
  });

  test.each([
    ['a path that is never up', { rttMs: [Number.NaN, Number.NaN] }],
    ['one step', { rttMs: [40] }],
    ['fibre only', { medium: 'fibre', rttMs: [76.4, 76.4] }],
    ['a day', { rttMs: new Array(86_400).fill(40), span: { startMs: 0, durationMs: 86_400_000, stepMs: 1000 } }],
  ])('of %s is well-formed and small', (_, part) => {
    const svg = plotSvg({ ...plot, ...part });
    expectWellFormed(svg);
    expect(svg.length).toBeLessThan(60_000);
  });
});

describe('the map', () => {
  const map = {
    title: 'Tokyo & San Francisco',
    subtitle: '',
    from: { name: 'Tokyo', latDeg: 35.7, lonDeg: 139.7 },
    to: { name: 'San Francisco', latDeg: 37.8, lonDeg: -122.4 },
    hops: [0, 1],
    below: [
      [170, 50],
      [-170, 50],
      [0, 0],
    ] as [number, number][],
  };

  test('is well-formed and draws a path over the antimeridian in one piece', () => {
    const svg = mapSvg(map);
    expectWellFormed(svg);
    const [, way] = /<path d="([^"]*)"[^>]*id="way"/.exec(svg)!;
    expect(way!.match(/M/g)).toHaveLength(1);
  });

  test('without a path says so', () => {
    const svg = mapSvg({ ...map, hops: [] });
    expectWellFormed(svg);
    expect(svg).toContain('no path at this instant');
    expect(svg).not.toContain('id="way"');
  });
});

describe('the plot in text', () => {
  test('fits in 80 columns and rises with its values', () => {
    const lines = textPlot({ values: [1, 2, 3, 4, 5], startS: 0, endS: 50 });
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
    expect(lines).toHaveLength(12);
    expect(lines[0]!.trimEnd().at(-1)).toMatch(/[▄▀█]/);
    expect(lines[0]!.indexOf('█')).toBeGreaterThan(lines[9]!.search(/[▄▀█]/));
    expect(lines.at(-1)).toMatch(/0 s +25 s +50 s$/);
  });

  test('leaves out gaps, and is empty without any value', () => {
    const [gap, whole] = [
      [1, Number.NaN, 1],
      [1, 1, 1],
    ].map((values) => textPlot({ values, startS: 0, endS: 3 }).join('').match(/[▄▀█]/g)!.length);
    expect(gap).toBeLessThan(whole! * 0.7);
    expect(textPlot({ values: [Number.NaN], startS: 0, endS: 1 })).toEqual([]);
  });
});
