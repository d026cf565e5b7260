import { constellationOf } from '../../netem/sky/orbit/constellation.ts';
import { constellationSchema } from '../../netem/sky/orbit/constellation-schema.ts';
import { J2000_UNIX_MS } from '../../netem/sky/orbit/earth.ts';
import { laserMesh } from '../../netem/sky/path/laser-mesh.ts';
import { type Site, siteOf } from '../../netem/sky/path/site.ts';
import { Snapshot } from '../../netem/sky/path/snapshot.ts';
import { type Case, sink } from './case.ts';

/** A step of the sky, a tree of shortest paths, and queries of both. */
export const constellationCases = (): readonly Case[] => [
  stepCase('a step of S1, physical', { preset: 'starlink-s1' }),
  stepCase('a step of S1, parity', { preset: 'starlink-s1', parity: 'hypatia' }),
  stepCase('a step of Gen1, physical', { preset: 'starlink-gen1' }),
  viewCase(),
  treeCase(),
  queryCase(),
  allPairsCase(),
];

/** Moves satellites and measures lasers, each time at a new instant. */
const stepCase = (name: string, config: object): Case => {
  const { snapshot } = skyOf(config);
  let unixMs = J2000_UNIX_MS;
  return {
    name: `constellation: ${name}`,
    run: () => {
      unixMs += 1000;
      snapshot.moveTo(unixMs);
      sink.value = snapshot.laserKm[0]!;
    },
  };
};

const viewCase = (): Case => {
  const { snapshot, sites } = skyOf({ preset: 'starlink-gen1' });
  const turns = [J2000_UNIX_MS, J2000_UNIX_MS + 1000];
  snapshot.moveTo(J2000_UNIX_MS);
  let index = 0;
  return {
    name: "constellation: a site's view of Gen1",
    run: () => {
      // A new instant makes the snapshot compute the view again. The satellites need not move for that.
      snapshot.unixMs = turns[index++ & 1]!;
      sink.value = snapshot.visibleFrom(sites[7]!).count;
    },
  };
};

const treeCase = (): Case => {
  const { snapshot } = skyOf({ preset: 'starlink-s1' });
  snapshot.moveTo(J2000_UNIX_MS);
  const paths = snapshot.pathsFromSatellite(0);
  const count = snapshot.positionsKm.length / 3;
  let source = 0;
  return {
    name: 'constellation: a whole tree of S1',
    run: () => {
      source = (source + 7) % count;
      paths.restart(source);
      paths.seed(source, 0);
      let km = 0;
      for (let target = 0; target < count; target++) km += paths.distanceKm(target);
      sink.value = km;
    },
  };
};

const queryCase = (): Case => {
  const { snapshot } = skyOf({ preset: 'starlink-s1' });
  snapshot.moveTo(J2000_UNIX_MS);
  const paths = snapshot.pathsFromSatellite(0);
  const count = snapshot.positionsKm.length / 3;
  let source = 0;
  return {
    name: 'constellation: a path over S1, ten planes on',
    run: () => {
      source = (source + 7) % count;
      paths.restart(source);
      paths.seed(source, 0);
      sink.value = paths.distanceKm((source + 222) % count);
    },
  };
};

/** All pairs of 100 cities at a new instant: positions, lasers, views, a tree for each city, and 10,000 sums. */
const allPairsCase = (): Case => {
  const { snapshot, sites } = skyOf({ preset: 'starlink-s1', parity: 'hypatia' });
  let unixMs = J2000_UNIX_MS;
  return {
    name: 'constellation: 100 x 100 cities over S1, parity',
    run: () => {
      unixMs += 100;
      snapshot.moveTo(unixMs);
      let sumKm = 0;
      for (const from of sites) {
        const paths = snapshot.pathsFromSite(from);
        for (const to of sites) {
          const { satellites, rangeKm, count } = snapshot.visibleFrom(to);
          let leastKm = Number.POSITIVE_INFINITY;
          for (let index = 0; index < count; index++) {
            const km = paths.distanceKm(satellites[index]!) + rangeKm[index]!;
            if (km < leastKm) leastKm = km;
          }
          sumKm += leastKm;
        }
      }
      sink.value = sumKm;
    },
  };
};

const skyOf = (config: object): { readonly snapshot: Snapshot; readonly sites: readonly Site[] } => {
  const constellation = constellationOf(constellationSchema.parse(config));
  return {
    snapshot: new Snapshot(constellation, laserMesh(constellation)),
    sites: CITIES.map(([latDeg, lonDeg], index) =>
      siteOf(constellation.earth, { name: `city-${index}`, latDeg: latDeg!, lonDeg: lonDeg! }, index),
    ),
  };
};

/** Latitude and longitude of the 100 largest cities: the ground stations of Hypatia's published runs. Source: snkas/hypatia (MIT). */
const CITIES = `
35.6895,139.6917 28.6667,77.2167 31.2222,121.4581 -23.5475,-46.6361 19.0740,72.8808 19.4273,-99.1419
39.9075,116.3972 34.6758,135.5538 30.0392,31.2394 40.7170,-74.0037 23.7104,90.4074 24.9056,67.0822
-34.6051,-58.4004 22.5335,88.3560 41.0138,28.9497 29.5628,106.5528 6.4531,3.3958 14.6042,120.9822 -22.9028,-43.2075
23.1255,113.2574 34.0317,-118.2417 55.7550,37.6218 -4.3276,15.3136 39.1088,117.1886 48.8534,2.3488 22.5415,114.0634
-6.2118,106.8416 51.5085,-0.1257 12.9719,77.5937 -12.0432,-77.0282 13.0531,80.2488 37.5683,126.9778 4.6097,-74.0817
35.1815,136.9064 -26.2023,28.0436 13.7220,100.5252 17.3753,78.4744 41.8500,-87.6500 31.5497,74.3436 35.6944,51.4215
30.5833,114.2667 30.6667,104.0667 23.0212,113.7414 32.0482,118.7898 23.0333,72.6167 22.2796,114.1887
10.7500,106.6667 23.0228,113.1200 3.1412,101.6865 33.3406,44.4009 -33.4569,-70.6483 30.2936,120.1614
24.6905,46.7096 41.7922,123.4328 40.4165,-3.7026 34.2894,108.9402 43.7001,-79.4163 25.7891,-80.2040 18.5161,73.8616
-19.9208,-43.9378 32.7254,-97.3208 21.1667,72.8333 29.7602,-95.3694 1.2897,103.8501 39.9523,-75.1638
33.6064,130.4181 -8.8368,13.2343 31.3021,120.5853 45.7563,126.6467 41.3888,2.1590 33.7600,-84.4000 15.5518,32.5324
-6.8235,39.2695 59.9299,30.3262 38.8951,-77.0364 5.3453,-4.0268 20.6667,-103.3333 16.8053,96.1561 31.1925,29.9046
39.9199,32.8543 34.5289,69.1725 36.0986,120.3719 22.3331,91.8364 25.6667,-100.3167 -33.8678,151.2073
38.9138,121.6023 24.4798,118.0819 34.7578,113.6486 42.3479,-71.0645 -37.8140,144.9633 -15.7797,-47.9297
21.5169,39.2192 33.4495,-112.0747 36.6767,116.9971 45.5088,-73.5878 23.3681,116.7148 -1.2833,36.8167
6.2518,-75.5636 -3.7412,-38.5436 25.0389,102.7183
`
  .trim()
  .split(/\s+/)
  .map((city) => city.split(',').map(Number));
