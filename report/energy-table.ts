import type { EnergyFigures, EnergySummary, RunResult } from './summary-schema.ts';
import { type Column, textTable } from './text-table.ts';

/**
 * Energy, money and carbon by run and node. Empty when there is no price, cap, heat or outage: a node's energy then follows
 * from its profile and its load alone.
 */
export const energyTable = (runs: readonly RunResult[]): readonly string[] => {
  const rows = runs.flatMap(({ key: { variant }, figures: { energy } }) => {
    if (energy === null) return [];
    return [
      [variant, 'all nodes', energy.overall] as const,
      ...energyRows(energy).map(([name, of]) => ['', name, of] as const),
    ];
  });
  if (!rows.some(([, , figures]) => saysSomething(figures))) return [];
  return [...textTable(COLUMNS, rows.map(rowOf)), ''];
};

/** The providers, where there are several, and the nodes. */
export const energyRows = ({ byProvider, byNode }: EnergySummary): readonly (readonly [string, EnergyFigures])[] => {
  const providers = Object.entries(byProvider);
  return [
    ...(providers.length < 2 ? [] : providers.map(([name, of]) => [`provider ${name}`, of] as const)),
    ...Object.entries(byNode),
  ];
};

/** One line that explains the columns. */
export const energyLegend =
  'energy: whole run, idling included. J, USD and gCO2 are over tokens of answers; capped and too hot are shares of ' +
  'the time that computed.';

const saysSomething = ({ usd, gCo2, cappedShare, outShare, maxTempC, leastBatteryShare }: EnergyFigures): boolean =>
  [usd, gCo2, maxTempC, leastBatteryShare].some((known) => known !== null) || cappedShare > 0 || outShare > 0;

const COLUMNS: readonly Column[] = [
  { title: 'policy', align: 'left' },
  { title: 'energy', align: 'left' },
  ...[
    'J/token',
    'USD/Mtoken',
    'USD/1k answers',
    'gCO2/Mtoken',
    'mean W',
    'capped',
    'too hot',
    'no power',
    'max °C',
    'battery ≥',
  ].map((title): Column => ({ title, align: 'right' })),
];

const rowOf = ([variant, node, figures]: readonly [string, string, EnergyFigures]): readonly string[] => [
  variant,
  node,
  number(figures.jPerOutputToken, 3),
  number(figures.usdPerMillionTokens, 3),
  number(figures.usdPerAnswer === null ? null : figures.usdPerAnswer * 1000, 3),
  number(figures.gCo2PerMillionTokens, 1),
  number(figures.meanW, 0),
  percent(figures.cappedShare),
  percent(figures.throttledShare),
  percent(figures.outShare),
  number(figures.maxTempC, 1),
  figures.leastBatteryShare === null ? '-' : percent(figures.leastBatteryShare),
];

const number = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
