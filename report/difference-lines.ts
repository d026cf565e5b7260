import { differenceText } from './difference.ts';
import { metricNamed } from './metric.ts';
import type { Differences } from './repetitions-schema.ts';

/** Every variant against the first one, a paragraph each; nothing for one variant. */
export const differenceLines = (differences: readonly Differences[]): readonly string[] => {
  const [first] = differences;
  if (first === undefined) return [];
  const shown = differences.filter(({ against }) => against === first.against);
  return [`Seed by seed, against ${first.against}:`, ...shown.flatMap(linesOf), ''];
};

const linesOf = ({ variant, metrics }: Differences): readonly string[] => {
  const phrases = SHOWN.map((name) => differenceText(metricNamed(name, name), metrics[name]!));
  return phrases.map((phrase, index) => `  ${(index === 0 ? variant : '').padEnd(MARGIN)} ${phrase}`);
};

const MARGIN = 20;

/** The metrics of the table that people decide by. */
const SHOWN = ['ttft.p50', 'ttft.p99', 'e2e.p99', 'attained'] as const;
