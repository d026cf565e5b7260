import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SHA-256 of all code and data that the lengths of ways through space come from, hexadecimal: after a change of any of it, no kept length
 * counts. Null where the sources are not there, as in an image.
 */
export const sourcesDigest = (): string | null => {
  const root = join(import.meta.dirname, '..', '..', '..');
  try {
    const sky = readdirSync(join(root, 'netem/sky'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `netem/sky/${name}`);
    const hash = createHash('sha256');
    for (const file of [...sky, ...OTHERS].sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
    return hash.digest('hex');
  } catch {
    return null;
  }
};

const OTHERS = [
  'core/random/rng.ts',
  'core/units.ts',
  'netem/data/starlink-pops-gateways.json',
  'netem/links/model/ways-through-space.ts',
  'node_modules/satellite.js/package.json',
];
