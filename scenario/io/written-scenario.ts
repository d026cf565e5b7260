import { join } from 'node:path';
import { writeWhole } from '../../core/config/io/write-whole.ts';
import { resolvedScenario } from '../resolved-scenario.ts';
import type { Scenario } from '../scenario.ts';

/**
 * Writes a scenario as it is, with what was set and with the files that it names, into a folder: an edit of the file that it was read from does
 * not reach whoever reads this one. Returns its path. Throws `DiskError`.
 */
export const writeScenario = (scenario: Scenario, folder: string): string => {
  const { yaml, files } = resolvedScenario(scenario);
  const path = join(folder, 'scenario.resolved.yaml');
  for (const [name, text] of Object.entries(files)) writeWhole(join(folder, name), text);
  writeWhole(path, yaml);
  return path;
};
