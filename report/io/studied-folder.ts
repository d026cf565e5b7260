import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { readConfig } from '../../core/config/read-config.ts';
import { type CapacityStudy, capacitySchema, type Sweep, sweepSchema } from '../study/study-schema.ts';

/** A folder that `sweep` or `find-capacity` wrote. */
export type StudiedFolder = { readonly name: string } & (
  | { readonly kind: 'sweep'; readonly sweep: Sweep }
  | { readonly kind: 'capacity'; readonly capacity: CapacityStudy }
);

/** Null for a folder of other results. Throws `ConfigError` with the place of the first mistake in its file. */
export const studiedFolder = (folder: string): StudiedFolder | null => {
  const sweep = join(folder, 'sweep.json');
  if (existsSync(sweep)) {
    const text = readText(sweep, 'the results of a sweep');
    return { name: folder, kind: 'sweep', sweep: readConfig(text, sweep, sweepSchema).value };
  }
  const capacity = join(folder, 'capacity.json');
  if (!existsSync(capacity)) return null;
  const text = readText(capacity, 'the results of find-capacity');
  return { name: folder, kind: 'capacity', capacity: readConfig(text, capacity, capacitySchema).value };
};
