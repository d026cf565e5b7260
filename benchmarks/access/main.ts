import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from 'commander';
import { Network } from '../../netem/links/network.ts';
import { networkSchema } from '../../netem/links/schema.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { accessReport, type SiteResult } from './access-report.ts';
import { fitDish } from './fit-dish.ts';
import { checksOf } from './leave-one-out.ts';
import { measuredSites } from './measured-site.ts';
import { probedLinks } from './probed-links.ts';
import { quantilesMs, RoundTrips } from './round-trips.ts';
import { accessToPop, slotRoundTrips } from './slot-geometry.ts';

/*
 * Fits a dish to each of the ten measured sites, checks each site against a population fitted to the other nine, and plays six hours of
 * each on links. `npm run bench:access` prints the tables; `-- --write` also stores the dishes and the tables in `netem/data`.
 */
const wholeFromOne = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const options = benchmarkCommand('bench:access')
  .option('--slots <n>', 'slots of 15 s that are computed: 1440 are six hours', wholeFromOne, 1440)
  .option('--dishes <n>', 'dishes that are drawn for each site left out', wholeFromOne, 400)
  .option('--seed <n>', 'seed of those dishes, and of what is played on links', wholeFromOne, 1)
  .option('--write', 'store the fitted dishes and the tables in netem/data', false)
  .parse()
  .opts<{ slots: number; dishes: number; seed: number; write: boolean }>();

const fileOf = (name: string): string => fileURLToPath(new URL(`../../netem/data/${name}`, import.meta.url));
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

const PROBES_A_SLOT = 5; // 7200 in six hours; the measured sites have about 6900
/** How far the floor of a dish is from that of its site: an assumption. Without it the bands of p5 are narrower than the sites. */
const SPREAD = 0.2;
/** A fit prefers dishes that jump as much as was measured, as far as that costs nothing elsewhere. */
const JUMP = { jumpMs: 8, jumpWeight: 0.02 };

const networkWith = (starlink: object, seed: number): Network =>
  new Network({
    config: networkSchema.parse({
      constellation: { preset: 'starlink-gen1' },
      stepMs: 15_000, // within a slot geometry moves a round trip by tenths of a millisecond
      fibre: { equipmentUs: 0, jitterUs: 0 }, // nothing lies behind the PoP
      access: { starlink },
    }),
    epochUnixMs: Date.UTC(2025, 5, 1, 0, 0, 12),
    seed,
  });

const BARE = { floorUs: 0, heldMedianUs: 0, heldSigma: 0, uplinkWaitUs: 0, variedMedianUs: 0, jitterUs: 0 };

const sites = measuredSites(readFileSync(fileOf('ut-to-pop-rtt-summary.csv'), 'utf8'));
const bare = networkWith({ overhead: BARE, boundary: { durationMs: 0 } }, 1);
const fitted = sites.map((site, index) => {
  say(`${index + 1} of ${sites.length}: fitting ${site.name}`);
  const geometryMs = slotRoundTrips(accessToPop(bare, site), options.slots);
  const trips = new RoundTrips(geometryMs, { probes: PROBES_A_SLOT, stream: `fit/${site.name}` });
  return { site, trips, overhead: fitDish(trips, site.rttMs, JUMP) };
});

const results = fitted.map((one, index): SiteResult => {
  const { site, trips, overhead } = one;
  say(`${index + 1} of ${sites.length}: leaving out ${site.name}`);
  const others = fitted.filter((other) => other !== one);
  const checks = checksOf({
    left: site,
    others: others.map((other) => other.site),
    population: { like: others.map((other) => other.overhead), spread: SPREAD },
    trips,
    dishes: options.dishes,
    seed: options.seed,
  });
  const played = (starlink: object) =>
    quantilesMs(
      probedLinks(accessToPop(networkWith(starlink, options.seed), site), {
        count: options.slots,
        probes: PROBES_A_SLOT,
        seed: options.seed,
      }),
    );
  const shape = trips.shapeOf(trips.under(overhead), overhead);
  return { site, overhead, shape, checks, played: played({ overhead }), typical: played({}) };
});

const report = accessReport(results);
process.stdout.write(`${report.join('\n')}\n`);

if (options.write) {
  const rounded = (overhead: object): object =>
    Object.fromEntries(Object.entries(overhead).map(([key, value]) => [key, Number(Number(value).toPrecision(3))]));
  const dishes = results.map(({ site, overhead }) => ({ site: site.name, overhead: rounded(overhead) }));
  writeFileSync(fileOf('well-served-dishes.json'), `${JSON.stringify({ spread: SPREAD, dishes }, null, 2)}\n`);
  const readme = readFileSync(fileOf('README.md'), 'utf8');
  const [before, , after] = readme.split(/(?<=<!-- bench:access -->\n)([\s\S]*?)(?=<!-- end -->)/);
  writeFileSync(fileOf('README.md'), [before, '\n', report.join('\n'), '\n\n', after].join(''));
}
