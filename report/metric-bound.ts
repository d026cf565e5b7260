import { ConfigError } from '../core/config/config-error.ts';
import { type Metric, metricNamed } from './metric.ts';

/** How far a metric may be off: a share of its value, or an amount in its own unit. */
export interface MetricBound {
  readonly metric: Metric;
  readonly most: { readonly kind: 'share' | 'amount'; readonly value: number };
  /** As the user wrote it: `ttft.p99:5%`. */
  readonly text: string;
}

/** Bounds of metrics, and further limits by name. */
export interface BoundList<Limit extends string> {
  readonly bounds: readonly MetricBound[];
  readonly limits: Readonly<Partial<Record<Limit, number>>>;
}

/**
 * Reads bounds separated by commas, `ttft.p99:5%,goodput:0.5/s`: a share of the metric's value, or an amount in ms or a second. Names in
 * `limits` take whole numbers from 1: `max:20`. `place` is where the user wrote it. Throws `ConfigError`.
 */
export const parseBounds = <Limit extends string = never>(
  text: string,
  { place, limits: names = [] }: { readonly place: string; readonly limits?: readonly Limit[] },
): BoundList<Limit> => {
  const bounds = new Map<string, MetricBound>();
  const limits: Partial<Record<Limit, number>> = {};
  for (const part of text.split(',').map((each) => each.trim())) {
    const [name = '', value, ...more] = part.split(':');
    if (value === undefined || more.length > 0 || value === '') {
      throw new ConfigError(place, `has "${part}", expected ${formOf(names)}, separated by commas`);
    }
    const limit = names.find((known) => known === name);
    if (bounds.has(name) || (limit !== undefined && limits[limit] !== undefined)) {
      throw new ConfigError(place, `has ${name} twice`);
    }
    if (limit !== undefined) limits[limit] = wholeNumber(part, value, place);
    else bounds.set(name, { metric: metricNamed(name, place), most: amountOf(part, name, value, place), text: part });
  }
  if (bounds.size === 0) throw new ConfigError(place, `has no metric, expected ${formOf(names)}`);
  return { bounds: [...bounds.values()], limits };
};

/** The bound in the unit of the metric, for a metric with this value. */
export const boundAt = ({ most }: MetricBound, value: number): number =>
  most.kind === 'share' ? most.value * Math.abs(value) : most.value;

const formOf = (limits: readonly string[]): string =>
  ['a metric and its bound, such as ttft.p99:5% or ttft.p99:20ms', ...limits.map((name) => `${name}:20`)].join(', ');

const wholeNumber = (part: string, text: string, place: string): number => {
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value < 1)
    throw new ConfigError(place, `has "${part}", expected a whole number from 1`);
  return value;
};

const SUFFIX = { ms: 'ms', 'per-s': '/s', share: null } as const;

const amountOf = (part: string, name: string, text: string, place: string): MetricBound['most'] => {
  const { unit } = metricNamed(name, place);
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)(%|ms|\/s)$/.exec(text) ?? [];
  const value = Number(digits);
  const own = SUFFIX[unit];
  if (!(value > 0) || (suffix !== '%' && suffix !== own)) {
    const examples = [`${name}:5%`, ...(own === null ? [] : [`${name}:20${own}`])].join(' or ');
    throw new ConfigError(place, `has "${part}", expected a bound above 0, such as ${examples}`);
  }
  return suffix === '%' ? { kind: 'share', value: value / 100 } : { kind: 'amount', value };
};
