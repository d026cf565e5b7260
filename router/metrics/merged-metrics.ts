/** How the values of one metric become one value. Values that are NaN, not known, are left out of a mean. */
export type MergeRule = 'sum' | 'mean' | 'least' | 'most' | 'leave-out';

/**
 * One text in the format of Prometheus out of several, as of processes that do the same work: counters and histograms add up, series
 * by series, and gauges merge as `ruleOf` says of their name. Series keep the order in which they first come.
 */
export const mergedMetrics = (texts: readonly string[], ruleOf: (gauge: string) => MergeRule): string => {
  const families = new Map<string, Family>();
  for (const text of texts) readInto(families, text);
  let merged = '';
  for (const { name, head, type, series } of families.values()) {
    const rule = type === 'gauge' || type === 'untyped' ? ruleOf(name) : 'sum';
    if (rule === 'leave-out') continue;
    merged += head;
    for (const [key, values] of series) merged += `${key} ${written(MERGED[rule](values))}\n`;
  }
  return merged;
};

interface Family {
  readonly name: string;
  /** Its lines HELP and TYPE. */
  head: string;
  type: string;
  /** By name and labels as they are written. */
  readonly series: Map<string, number[]>;
}

const readInto = (families: Map<string, Family>, text: string): void => {
  let family: Family | null = null;
  for (const line of text.split('\n')) {
    const said = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (said !== null) {
      const [, what, name, rest] = said;
      family = families.get(name!) ?? { name: name!, head: '', type: 'untyped', series: new Map() };
      if (!family.head.includes(`# ${what} `)) family.head += `${line}\n`;
      if (what === 'TYPE') family.type = rest!;
      families.set(name!, family);
      continue;
    }
    const cut = line.lastIndexOf(' ');
    if (family === null || cut < 1) continue;
    const key = line.slice(0, cut);
    const values = family.series.get(key);
    const value = numberIn(line.slice(cut + 1));
    if (values === undefined) family.series.set(key, [value]);
    else values.push(value);
  }
};

const numberIn = (text: string): number =>
  text === 'Nan' || text === 'NaN' ? Number.NaN : Number(text.replace('Inf', 'Infinity'));

const written = (value: number): string => `${value}`.replace('Infinity', 'Inf');

const known = (values: readonly number[]): readonly number[] => values.filter((value) => !Number.isNaN(value));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const MERGED: Readonly<Record<Exclude<MergeRule, 'leave-out'>, (values: readonly number[]) => number>> = {
  sum,
  mean: (values) => sum(known(values)) / known(values).length,
  least: (values) => Math.min(...values),
  most: (values) => Math.max(...values),
};
