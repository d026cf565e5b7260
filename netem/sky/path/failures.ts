import { ConfigError } from '../../../core/config/config-error.ts';
import { drawAt, streamKey } from '../../../core/random/rng.ts';
import type { FailuresConfig } from '../failures-schema.ts';
import type { LaserMesh } from './laser-mesh.ts';

/** Which satellites and lasers of a constellation are broken, and when. */
export interface Failures {
  readonly satellites: Int32Array;
  /** Indexes into `LaserMesh.neighbours` of the broken lasers, both ends of each. Includes the lasers of broken satellites. */
  readonly edges: Int32Array;
  readonly fromUnixMs: number;
  /** Infinity when they stay broken. */
  readonly toUnixMs: number;
}

/**
 * Which satellites and lasers `config` breaks. A draw depends only on the seed and the number of the satellite or laser, so
 * a higher share breaks all that a lower share does. @throws ConfigError for a satellite or laser that does not exist.
 */
export const failuresOf = (
  config: FailuresConfig,
  { mesh, epochUnixMs, seed }: { readonly mesh: LaserMesh; readonly epochUnixMs: number; readonly seed: number },
): Failures => {
  const satellites = failedSatellites(config, mesh.longestKm.length, seed);
  const edges = new Set(failedLasers(config, mesh, seed));
  for (const satellite of satellites) {
    for (let edge = 4 * satellite; edge < 4 * satellite + 4; edge++) if (mesh.neighbours[edge] !== -1) edges.add(edge);
  }
  return {
    satellites: Int32Array.from(satellites),
    edges: Int32Array.from([...edges].flatMap((edge) => [edge, otherEnd(mesh, edge)])),
    fromUnixMs: epochUnixMs + config.fromS * 1000,
    toUnixMs: config.toS === undefined ? Number.POSITIVE_INFINITY : epochUnixMs + config.toS * 1000,
  };
};

/** Whether anything is broken at an instant. */
export const isFailing = (failures: Failures | null, unixMs: number): boolean =>
  failures !== null && unixMs >= failures.fromUnixMs && unixMs < failures.toUnixMs;

const failedSatellites = (config: FailuresConfig, count: number, seed: number): ReadonlySet<number> => {
  for (const [index, satellite] of config.satellites.entries())
    checkSatellite(satellite, count, `satellites[${index}]`);
  const key = streamKey(`${seed}/failures/satellite`);
  const drawn = Array.from({ length: count }, (_, satellite) => satellite).filter(
    (satellite) => drawAt(key, satellite) < config.satelliteShare,
  );
  return new Set([...config.satellites, ...drawn]);
};

const failedLasers = (config: FailuresConfig, mesh: LaserMesh, seed: number): readonly number[] => {
  const { neighbours, longestKm } = mesh;
  const named = config.lasers.map(([a, b], index) => {
    checkSatellite(a, longestKm.length, `lasers[${index}][0]`);
    checkSatellite(b, longestKm.length, `lasers[${index}][1]`);
    const side = neighbours.subarray(4 * a, 4 * a + 4).indexOf(b);
    if (side < 0) throw wrong(`lasers[${index}]`, `is [${a}, ${b}], which no laser links`);
    return 4 * a + side;
  });
  const key = streamKey(`${seed}/failures/laser`);
  const drawn: number[] = [];
  // Each laser has exactly one even index.
  for (let edge = 0; edge < neighbours.length; edge += 2) {
    if (neighbours[edge] !== -1 && drawAt(key, edge) < config.laserShare) drawn.push(edge);
  }
  return [...named, ...drawn];
};

const otherEnd = ({ neighbours }: LaserMesh, edge: number): number => 4 * neighbours[edge]! + ((edge & 3) ^ 1);

const checkSatellite = (satellite: number, count: number, key: string): void => {
  if (satellite >= count) throw wrong(key, `is ${satellite}, but the satellites are numbered from 0 to ${count - 1}`);
};

const wrong = (key: string, message: string): ConfigError =>
  new ConfigError(`network.constellation.failures.${key}`, message);
