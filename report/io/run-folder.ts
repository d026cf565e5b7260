import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { diskErrorOf } from '../../core/config/disk-error.ts';
import { makeFolder } from '../../core/config/io/output.ts';
import { writeWhole } from '../../core/config/io/write-whole.ts';
import type { ResolvedScenario } from '../../scenario/resolved-scenario.ts';
import { REPORT } from './html-report.ts';
import { partialName } from './partial-rows.ts';
import { CHARTS } from './reported-folder.ts';

/**
 * Makes the folder of a run, removes earlier results in it, so that no old summary is beside a new log, and writes the scenario that is run.
 * Throws `ConfigError` when there can be no files, and `DiskError` when the disk does not take them.
 */
export const makeRunFolder = (folder: string, resolved: ResolvedScenario): void => {
  makeFolder(folder, '--out');
  try {
    // Another command that still writes to such a file keeps it, but the file has no name any more.
    for (const name of ['events.jsonl', 'requests.csv', partialName('requests.csv'), 'summary.json', CHARTS, REPORT])
      rmSync(join(folder, name), { force: true });
    rmSync(join(folder, 'repetitions'), { recursive: true, force: true, maxRetries: 3 });
    writeWhole(join(folder, 'scenario.resolved.yaml'), resolved.yaml);
    for (const [name, text] of Object.entries(resolved.files)) writeWhole(join(folder, name), text);
  } catch (error) {
    throw diskErrorOf(folder, error);
  }
};
