import { isBundledTrace } from '../../workload/bundled-traces.ts';
import { bundledTrace } from '../../workload/trace/io/bundled-trace.ts';
import { parseTrace } from '../../workload/trace/read-trace.ts';
import type { Trace } from '../../workload/trace/trace.ts';
import type { Scenario } from '../scenario.ts';

/** The trace that the load of a scenario is taken from: a window of it where the scenario names one. Throws `ConfigError` with the line of a bad row. */
export const traceOf = ({ load: { trace }, files }: Scenario): Trace => {
  const file = typeof trace === 'string' ? trace : trace.file;
  const text = files[file];
  if (text !== undefined) return parseTrace(text, file);
  if (isBundledTrace(file)) return bundledTrace(file);
  throw new Error(`the trace ${file} was not read with its scenario`);
};
