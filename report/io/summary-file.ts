import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { readConfig } from '../../core/config/read-config.ts';
import { type Summary, summarySchema } from '../summary-schema.ts';

/** The summary in a folder of results, or in a file. Throws `ConfigError` with the place of the first mistake. */
export const readSummary = (path: string): Summary => {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'summary.json') : path;
  const text = readText(file, 'a summary.json, or a folder of results');
  try {
    return summarySchema.parse(JSON.parse(text));
  } catch {
    return readConfig(text, file, summarySchema).value; // slower, and knows positions
  }
};
