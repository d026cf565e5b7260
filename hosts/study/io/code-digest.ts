import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SHA-256 of all code and data that a simulated result comes from, hexadecimal, whether committed or not. Null where the sources are not there,
 * as in an image.
 */
export const codeDigest = (): string | null => {
  const root = join(import.meta.dirname, '..', '..', '..');
  try {
    const files = FOLDERS.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => IS_CODE_OR_DATA.test(name))
        .map((name) => `${folder}/${name}`),
    );
    const hash = createHash('sha256').update(process.version);
    for (const file of [...files, ...OTHERS].sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
    return hash.digest('hex');
  } catch {
    return null;
  }
};

/** The layers up to this one. */
const FOLDERS = ['proto', 'core', 'netem', 'workload', 'router', 'services', 'scenario', 'report', 'hosts'];
const OTHERS = ['parts/simulator.ts', 'package-lock.json'];
const IS_CODE_OR_DATA = /\.(?:ts|json|csv|gz|txt)$/;
