import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from '../../core/config/io/read-text.ts';
import { parseTrace, type Trace } from '../trace.ts';

/** Reads a trace: a bundled one by its name, or a file ending in `.csv` by its path, relative to the scenario's. */
export const readTrace = (name: string, scenarioFile: string): Trace => {
  const path = tracePathOf(name, scenarioFile) ?? bundled(name);
  return parseTrace(readText(path, 'a trace'), path);
};

/** Where the trace is; null for a bundled one. */
export const tracePathOf = (name: string, scenarioFile: string): string | null =>
  name.endsWith('.csv') ? resolve(dirname(scenarioFile), name) : null;

const bundled = (name: string): string => fileURLToPath(new URL(`../traces/${name}.csv`, import.meta.url));
