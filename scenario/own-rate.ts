import { type LoadConfig, RATE_OF_TRACE } from '../workload/load-schema.ts';
import { parseTrace } from '../workload/trace/read-trace.ts';
import { type Trace, traceTimeS } from '../workload/trace/trace.ts';
import type { TraceWindow } from '../workload/trace/trace-window.ts';
import type { ScenarioConfig } from './schema.ts';

/** What is read of the trace of a load: a window, or a trace whose own rate counts. Null for a trace that is taken as a whole. */
export const traceWindowOf = ({ trace, ratePerS }: LoadConfig): TraceWindow | null => {
  if (typeof trace !== 'string') return trace;
  return ratePerS === RATE_OF_TRACE ? { file: trace } : null;
};

/** The load at a stated rate, in place of the times of its trace. */
export const atRate = (load: LoadConfig, ratePerS: number): LoadConfig => {
  if (typeof load.trace === 'string') return { ...load, ratePerS };
  const { timeScale: _timeScale, ...trace } = load.trace;
  return { ...load, ratePerS, trace };
};

/**
 * The scenario with the rate that its trace has over the run, where its load states none: the trace is then a window with a `timeScale`, at
 * whose times it is played. `files` has the text of the window.
 */
export const withOwnRate = (config: ScenarioConfig, files: Readonly<Record<string, string>>): ScenarioConfig => {
  const { load, durationS } = config;
  if (load.ratePerS !== RATE_OF_TRACE) return config;
  const { timeScale = 1, ...window } = traceWindowOf(load)!;
  const ratePerS = ownRatePerS(parseTrace(files[window.file]!, window.file), durationS / timeScale) / timeScale;
  return { ...config, load: { ...load, ratePerS, trace: { ...window, timeScale } } };
};

/** Requests a second in the first seconds of a trace, which repeats. */
const ownRatePerS = (trace: Trace, seconds: number): number => {
  let requests = 0;
  while (traceTimeS(trace, requests) < seconds) requests++;
  return requests / seconds;
};

/** What a reader has to know of a trace that is played at its own times, and is shorter than the run. */
export const repeatRemarks = (
  { trace }: LoadConfig,
  { requests, rows }: { readonly requests: number; readonly rows: number },
): readonly string[] =>
  typeof trace === 'string' || trace.timeScale === undefined || requests <= rows
    ? []
    : [`the trace has ${rows} requests, and is played ${(requests / rows).toFixed(1)} times`];
