import { ConfigError } from '../../../core/config/config-error.ts';
import { type Metric, metricNamed } from '../../../report/metric.ts';

/** The metric that is tuned: one of the grammar of metrics, or `slo`, the share of requests that keep to their objectives. Throws `ConfigError`. */
export const tuneObjective = (name: string): Metric => {
  if (name === 'slo') return metricNamed('attained', '--objective');
  const metric = metricNamed(name, '--objective');
  if (name.startsWith('regret'))
    throw new ConfigError(
      '--objective',
      `is ${name}, which needs a bound beside each run; expected a metric of the run itself, such as ttft.p99`,
    );
  return metric;
};
