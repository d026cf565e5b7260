import { fileURLToPath } from 'node:url';
import { readText } from '../../../core/config/io/read-text.ts';
import type { BundledTrace } from '../../bundled-traces.ts';
import { parseTrace } from '../read-trace.ts';
import type { Trace } from '../trace.ts';

export const bundledPath = (name: BundledTrace): string =>
  fileURLToPath(new URL(`../../traces/${name}.csv`, import.meta.url));

/** The bundled trace of that name. */
export const bundledTrace = (name: BundledTrace): Trace => {
  const path = bundledPath(name);
  return parseTrace(readText(path, 'a trace'), path);
};
