import { createHash } from 'node:crypto';
import { cacheFolder } from '../../core/config/io/cache-folder.ts';
import { sourcesDigest } from '../../netem/sky/io/sources-digest.ts';
import { constellationName } from '../../netem/sky/orbit/constellation-name.ts';
import type { Geometry } from '../../netem/sky/path/geometry.ts';
import { geometryFile } from '../../netem/sky/path/geometry-file.ts';
import { geometryOf } from '../geometry-of.ts';
import type { Scenario } from '../scenario.ts';
import { GeometryCache } from './geometry-cache.ts';

/** A geometry that begins with what an earlier command has kept, and `keep`, which keeps what was computed since. */
export interface KeptGeometry {
  readonly geometry: Geometry;
  keep(): void;
}

/**
 * The geometry of `scenario`, with the user's cache. Little is not kept: it is computed in about the time in which it would be read. Nor are drawn
 * failures: each seed has others.
 */
export const keptGeometry = (scenario: Scenario): KeptGeometry => {
  const key = keyOf(scenario);
  const folder = key === null ? null : cacheFolder();
  if (key === null || folder === null) return { geometry: geometryOf(scenario), keep: () => {} };
  const cache = new GeometryCache(folder);
  const known = cache.load(key);
  const knownRows = known?.head.ways.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  const geometry = geometryOf(scenario, known?.memories);
  return {
    geometry,
    keep: () => {
      if (geometry.rows - knownRows < LEAST_ROWS) return;
      cache.save(key, geometryFile(geometry.memories, { what: whatOf(scenario), width: geometry.width }));
    },
  };
};

/** Some 50 ms of work. */
const LEAST_ROWS = 100;

/** Of all that the ways depend on, but for their ends, which are in their names. */
const keyOf = ({ network, epochUnixMs, durationS, drainS }: Scenario): string | null => {
  const { constellation, stepMs, fibre, access } = network;
  const { failures } = constellation;
  if (failures !== undefined && (failures.satelliteShare > 0 || failures.laserShare > 0)) return null;
  const sources = sourcesDigest();
  if (sources === null) return null;
  const { gatewayReachKm, gateways } = access.starlink;
  const parts = [
    sources,
    constellation,
    stepMs,
    epochUnixMs,
    durationS + drainS,
    fibre.stretch,
    gatewayReachKm,
    gateways,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
};

const whatOf = ({ network, epoch, durationS, drainS }: Scenario): string =>
  `${constellationName(network.constellation)}, ${durationS + drainS} s from ${epoch}`;
