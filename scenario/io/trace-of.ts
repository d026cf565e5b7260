import { isBundledTrace } from '../../workload/bundled-traces.ts';
import { bundledTrace } from '../../workload/io/trace-file.ts';
import { parseTrace, type Trace } from '../../workload/trace.ts';
import type { Scenario } from '../scenario.ts';

/** The trace that the load of a scenario is taken from. Throws `ConfigError` with the line of a bad row. */
export const traceOf = ({ load: { trace }, files }: Scenario): Trace =>
  isBundledTrace(trace) ? bundledTrace(trace) : parseTrace(files[trace]!, trace);
