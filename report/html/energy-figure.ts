import { energyRows } from '../energy-table.ts';
import type { EnergyFigures } from '../summary-schema.ts';
import { barPanel } from './bar-panel.ts';
import type { Contender } from './contender.ts';
import { type Figure, panelsOf } from './figure.ts';
import type { Markup } from './markup.ts';
import { listed, percentText } from './quantities.ts';

interface Measure {
  readonly of: (figures: EnergyFigures) => number | null;
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
}

const MEASURES: readonly Measure[] = [
  { of: ({ jPerOutputToken }) => jPerOutputToken, title: 'Energy', unit: 'J a token', decimals: 2 },
  { of: ({ usdPerMillionTokens }) => usdPerMillionTokens, title: 'Money', unit: 'USD a million tokens', decimals: 2 },
  {
    of: ({ usdPerAnswer }) => usdPerAnswer && usdPerAnswer * 1000,
    title: 'Money',
    unit: 'USD a thousand answers',
    decimals: 3,
  },
  {
    of: ({ gCo2PerMillionTokens }) => gCo2PerMillionTokens,
    title: 'Carbon',
    unit: 'g CO₂ a million tokens',
    decimals: 0,
  },
];

/** Energy, money and carbon by policy. Null where no node was metered. */
export const energyFigure = (contenders: readonly Contender[]): Figure | null => {
  const metered = contenders.filter(({ runs }) => runs[0]!.figures.energy !== null);
  const known = MEASURES.filter(({ of }) => metered.some((contender) => of(overall(contender)) !== null));
  if (metered.length === 0 || known.length === 0) return null;
  return {
    id: 'energy',
    title: 'What did it cost?',
    says: [energySays(metered), priceSays(metered)].filter((text) => text !== '').join(' '),
    how:
      'Energy of the devices over the whole run, prompts, warm-up and idling included, over the tokens of answers. Shorter is better. ' +
      (known.length < MEASURES.length
        ? 'The scenario gives no price or no carbon for some nodes, so what is not known is left out. '
        : '') +
      'A fleet that idles costs the more per token the less it is asked.',
    legend: null,
    picture: panelsOf(
      known.map((measure) => ({ title: `${measure.title}, ${measure.unit}`, picture: bars(metered, measure) })),
    ),
    numbers: {
      caption: 'Energy, money and carbon by policy, provider and node',
      head: [
        'node',
        'J a token',
        'USD a million tokens',
        'USD a thousand answers',
        'g CO₂ a million tokens',
        'mean W',
        'time capped',
        'time without power',
      ],
      rows: metered.flatMap((contender) => [
        rowOf(`${contender.label}: all nodes`, overall(contender)),
        ...energyRows(contender.runs[0]!.figures.energy!).map(([name, figures]) =>
          rowOf(`${contender.label}: ${name}`, figures),
        ),
      ]),
    },
  };
};

const overall = ({ runs }: Contender): EnergyFigures => runs[0]!.figures.energy!.overall;

const rowOf = (name: string, figures: EnergyFigures): readonly string[] => [
  name,
  ...MEASURES.map(({ of, decimals }) => of(figures)?.toFixed(decimals) ?? '-'),
  figures.meanW?.toFixed(0) ?? '-',
  percentText(figures.cappedShare),
  percentText(figures.outShare),
];

const energySays = (contenders: readonly Contender[]): string => {
  const known = contenders
    .flatMap((contender) => {
      const { jPerOutputToken } = overall(contender);
      return jPerOutputToken === null ? [] : [{ label: contender.label, joules: jPerOutputToken }];
    })
    .sort((a, b) => a.joules - b.joules);
  const [least, most] = [known[0], known.at(-1)];
  if (least === undefined || most === undefined) return 'No token was generated, so there is no energy a token.';
  if (least === most) return `The nodes used ${least.joules.toFixed(2)} J a token under ${least.label}.`;
  const more = most.joules / least.joules - 1;
  return more < 0.01
    ? `All policies used about ${least.joules.toFixed(2)} J a token: they differ by less than 1 %.`
    : `The least energy a token was ${least.joules.toFixed(2)} J, under ${least.label}; under ${most.label} it was ${percentText(more, 0)} more.`;
};

/** What the providers charged under the first policy, the cheapest first. */
const priceSays = ([first]: readonly Contender[]): string => {
  const prices = Object.entries(first!.runs[0]!.figures.energy!.byProvider)
    .flatMap(([name, { usdPerMillionTokens: usd }]) => (usd === null ? [] : [{ name, usd }]))
    .sort((a, b) => a.usd - b.usd);
  if (prices.length < 2) return '';
  const told = prices.map(({ name, usd }) => `${usd.toFixed(2)} at ${name}`);
  return `Under ${first!.label}, a million tokens cost in USD ${listed(told)}, idling included.`;
};

const bars = (contenders: readonly Contender[], { of, title, unit, decimals }: Measure): Markup =>
  barPanel(
    contenders.map((contender) => ({ label: contender.label, index: contender.index, value: of(overall(contender)) })),
    { title: `${title} in ${unit}`, text: (value) => value.toFixed(decimals), missing: 'not known' },
  );
