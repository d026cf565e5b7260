import { fileURLToPath } from 'node:url';
import { readText } from '../../core/config/io/read-text.ts';
import type { BundledTrace } from '../bundled-traces.ts';
import { parseTrace, type Trace } from '../trace.ts';

/** The bundled trace of that name. */
export const bundledTrace = (name: BundledTrace): Trace => {
  const path = fileURLToPath(new URL(`../traces/${name}.csv`, import.meta.url));
  return parseTrace(readText(path, 'a trace'), path);
};
