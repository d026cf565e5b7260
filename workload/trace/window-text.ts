import { rowsText } from './format/rows-csv.ts';
import { readTrace } from './read-trace.ts';
import type { TraceSource } from './trace-source.ts';
import type { TraceWindow } from './trace-window.ts';

/** The rows in a window of a trace, in our format. Of its own result it gives the same text. Throws `ConfigError`. */
export const windowText = (source: TraceSource, window: TraceWindow): string => rowsText(readTrace(source, window));
