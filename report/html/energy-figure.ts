import type { EnergyFigures } from '../summary-schema.ts';
import { barPanel } from './bar-panel.ts';
import type { Contender } from './contender.ts';
import { type Figure, panelsOf } from './figure.ts';
import type { Markup } from './markup.ts';
import { percentText } from './quantities.ts';

interface Measure {
  readonly key: 'jPerOutputToken' | 'usdPerMillionTokens' | 'gCo2PerMillionTokens';
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
}

const MEASURES: readonly Measure[] = [
  { key: 'jPerOutputToken', title: 'Energy', unit: 'J a token', decimals: 2 },
  { key: 'usdPerMillionTokens', title: 'Money', unit: 'USD a million tokens', decimals: 2 },
  { key: 'gCo2PerMillionTokens', title: 'Carbon', unit: 'g CO₂ a million tokens', decimals: 0 },
];

/** Energy, money and carbon by policy. Null where no node was metered. */
export const energyFigure = (contenders: readonly Contender[]): Figure | null => {
  const metered = contenders.filter(({ runs }) => runs[0]!.figures.energy !== null);
  const known = MEASURES.filter(({ key }) => metered.some((contender) => overall(contender)[key] !== null));
  if (metered.length === 0 || known.length === 0) return null;
  return {
    id: 'energy',
    title: 'What did it cost?',
    says: energySays(metered),
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
      caption: 'Energy by policy and node',
      head: [
        'node',
        'J a token',
        'USD a million tokens',
        'g CO₂ a million tokens',
        'mean W',
        'time capped',
        'time without power',
      ],
      rows: metered.flatMap((contender) => [
        rowOf(`${contender.label}: all nodes`, overall(contender)),
        ...Object.entries(contender.runs[0]!.figures.energy!.byNode).map(([node, figures]) =>
          rowOf(`${contender.label}: ${node}`, figures),
        ),
      ]),
    },
  };
};

const overall = ({ runs }: Contender): EnergyFigures => runs[0]!.figures.energy!.overall;

const rowOf = (name: string, figures: EnergyFigures): readonly string[] => [
  name,
  ...MEASURES.map(({ key, decimals }) => figures[key]?.toFixed(decimals) ?? '-'),
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

const bars = (contenders: readonly Contender[], { key, title, unit, decimals }: Measure): Markup =>
  barPanel(
    contenders.map((contender) => ({ label: contender.label, index: contender.index, value: overall(contender)[key] })),
    { title: `${title} in ${unit}`, text: (value) => value.toFixed(decimals), missing: 'not known' },
  );
