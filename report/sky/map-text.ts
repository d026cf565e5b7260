import type { CellKind, MapCell } from './world-map.ts';

/** What a terminal can show. */
export interface TextLook {
  readonly isUnicode: boolean;
  readonly hasColour: boolean;
}

/** The cells as lines of text; each line ends without a colour. */
export const mapText = (cells: readonly (readonly MapCell[])[], look: TextLook): readonly string[] =>
  cells.map((row) => {
    let line = '';
    let colour = '';
    for (const cell of row) {
      const wanted = look.hasColour ? COLOURS_BY_KIND[cell.kind] : '';
      if (wanted !== colour) line += `${colour === '' ? '' : RESET}${wanted}`;
      colour = wanted;
      line += glyphOf(cell, look.isUnicode);
    }
    return colour === '' ? line.trimEnd() : `${line}${RESET}`;
  });

/** What the marks of a map mean, on one line, for the kinds that are on it. */
export const mapLegend = (cells: readonly (readonly MapCell[])[], look: TextLook): string => {
  const seen = new Set(cells.flat().map(({ kind }) => kind));
  return LEGEND.filter(([kind]) => seen.has(kind))
    .map(([kind, words]) => {
      const mark =
        kind === 'hop' ? 'a b ..' : kind === 'end' ? 'A B' : glyphOf({ kind, letter: '', dots: 0 }, look.isUnicode);
      return `${look.hasColour ? `${COLOURS_BY_KIND[kind]}${mark}${RESET}` : mark} ${words}`;
    })
    .join('   ');
};

const RESET = '\x1b[0m';

/** SGR codes that are readable on dark and on light. Source: ECMA-48. */
const COLOURS_BY_KIND: Readonly<Record<CellKind, string>> = {
  sea: '',
  coast: '\x1b[90m',
  shadow: '\x1b[34m',
  sunlit: '\x1b[33m',
  gateway: '\x1b[35m',
  way: '\x1b[36m',
  site: '\x1b[32m',
  pop: '\x1b[1;35m',
  'used-gateway': '\x1b[1;35m',
  hop: '\x1b[1;36m',
  end: '\x1b[1;32m',
};

type PlainKind = Exclude<CellKind, 'coast'>;

const UNICODE: Readonly<Record<PlainKind, string>> = {
  sea: ' ',
  shadow: '·',
  sunlit: '•',
  gateway: '▵',
  way: '*',
  site: '■',
  pop: '◆',
  'used-gateway': '▲',
  hop: '+',
  end: '#',
};

const ASCII: Readonly<Record<PlainKind, string>> = {
  sea: ' ',
  shadow: '.',
  sunlit: 'o',
  gateway: '-',
  way: '*',
  site: '#',
  pop: '@',
  'used-gateway': '^',
  hop: '+',
  end: '#',
};

const LEGEND: readonly (readonly [CellKind, string])[] = [
  ['end', 'ends of the path'],
  ['hop', 'its satellites'],
  ['way', 'path'],
  ['used-gateway', 'its gateway'],
  ['pop', 'PoP'],
  ['site', 'other site'],
  ['gateway', 'other gateway'],
  ['sunlit', 'satellite in sunlight'],
  ['shadow', 'in shadow'],
];

const glyphOf = ({ kind, letter, dots }: MapCell, isUnicode: boolean): string => {
  if (letter !== '') return letter;
  if (kind !== 'coast') return (isUnicode ? UNICODE : ASCII)[kind];
  return isUnicode ? String.fromCharCode(0x2800 + dots) : ':';
};
